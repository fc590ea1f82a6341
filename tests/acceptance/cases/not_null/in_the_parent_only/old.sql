create table base (id int, label text);
create table special (extra int) inherits (base);
