create table base (a int check (a > 0));
create table child () inherits (base);
