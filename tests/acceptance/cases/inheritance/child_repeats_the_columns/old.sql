create table base (id int, label text);
create table child () inherits (base);
