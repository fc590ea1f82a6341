create table a (id int primary key, v int not null);
create unique index a_v on a (v);
alter table a replica identity using index a_v;
create table b (id int primary key);
alter table b replica identity full;
create table c (id int primary key);
alter table c replica identity nothing;
