create table base (id int);
create table child (own int) inherits (base);
create table grand (g int, e int) inherits (child);
