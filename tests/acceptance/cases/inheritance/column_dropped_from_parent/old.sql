create table base (id int, label text);
create table child (extra int) inherits (base);
