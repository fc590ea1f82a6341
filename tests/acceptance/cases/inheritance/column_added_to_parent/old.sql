create table base (id int);
create table child (extra int) inherits (base);
create table grandchild (more int) inherits (child);
