create table p(c int, e int);
create table a(a1 int) inherits (p);
