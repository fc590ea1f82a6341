create table base (id int, e int);
create table child (own int) inherits (base);
create table grand (g int) inherits (child);
