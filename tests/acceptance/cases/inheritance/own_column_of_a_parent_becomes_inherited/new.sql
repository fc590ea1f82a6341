create table base (id int, label text);
create table child (own int) inherits (base);
create table grand (g int) inherits (child);
