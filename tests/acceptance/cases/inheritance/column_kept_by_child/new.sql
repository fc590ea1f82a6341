create table p(c int);
create table a(a1 int, e int) inherits (p);
