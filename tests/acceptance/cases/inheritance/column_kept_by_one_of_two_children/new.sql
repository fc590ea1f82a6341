create table p (c int);
create table a (x int, e int) inherits (p);
create table b (y int) inherits (p);
