create table base (id int);
create table named (name text);
create table child (id int, name text, extra int) inherits (base, named);
