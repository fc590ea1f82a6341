create table base (a int, b int, constraint ordered check (a < b));
create table child (c int) inherits (base);
create table grandchild (d int, constraint d_set check (d is not null)) inherits (child);
