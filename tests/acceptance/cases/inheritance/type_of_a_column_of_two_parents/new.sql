create table m1 (a bigint default 6, x int, t date);
create table m2 (a bigint not null, y int);
create table mm (c int) inherits (m1, m2);
create table m4 () inherits (mm);
create index on mm (a);
create table n1 (v integer);
create table n2 (v integer);
create table nn () inherits (n1, n2);
