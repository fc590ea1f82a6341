create table a (id int not null, v int not null);
create unique index a_key on a (v);
alter table a replica identity using index a_key;
