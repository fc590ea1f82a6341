create table base (id int);
create table named (name text);
create table child (extra int) inherits (base);
