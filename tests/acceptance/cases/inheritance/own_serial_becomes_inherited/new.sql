create table base (id int, label text);
create table child (own int) inherits (base);
