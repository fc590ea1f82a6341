create table p (c int, e int);
create table q (c int, d int);
create table a (c int, x int, d int) inherits (p, q);
