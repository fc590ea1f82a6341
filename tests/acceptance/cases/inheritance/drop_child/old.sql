create table base (id int, label text);
create table child (extra int) inherits (base);
create view all_of_them as select id from base;
