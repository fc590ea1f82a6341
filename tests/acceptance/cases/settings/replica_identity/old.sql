create table a (id int primary key, v int not null);
create unique index a_v on a (v);
create table b (id int primary key);
create table c (id int primary key);
alter table c replica identity full;
