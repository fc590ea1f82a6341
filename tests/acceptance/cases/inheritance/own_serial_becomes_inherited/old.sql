create table base (id int, label text);
create table child (id serial, own int) inherits (base);
