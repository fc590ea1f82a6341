create table base (id int, label text);
create view all_of_them as select id from base;
