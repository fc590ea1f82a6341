create table p (c int, e int);
create table a (x int) inherits (p);
create table b (y int) inherits (p);
