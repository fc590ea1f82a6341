create table base (id int, label text default 'all');
create table child () inherits (base);
alter table child alter label set default 'child';
