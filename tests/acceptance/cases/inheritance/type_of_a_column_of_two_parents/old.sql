create table m1 (a int default 5, x int, t text);
create table m2 (a int not null, y int);
create table mm (c int) inherits (m1, m2);
create table m4 () inherits (mm);
create index on mm (a);
create table n1 (v text default 'x');
create table n2 (v text);
create table nn () inherits (n1, n2);
