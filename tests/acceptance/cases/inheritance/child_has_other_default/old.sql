create table base (id int, label text default 'base');
create table child () inherits (base);
