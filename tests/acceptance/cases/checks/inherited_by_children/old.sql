create table base (a int, b int);
create table child (c int) inherits (base);
create table grandchild (d int) inherits (child);
