create table a (id int primary key, v int);
create index a_v on a (v);
alter table a cluster on a_v;
create table b (id int primary key);
