create table p (c int, e int);
create table q (c int, d int);
create table a (x int) inherits (p, q);
