create table a (id int primary key, v int);
create index a_v on a (v);
create table b (id int primary key);
alter table b cluster on b_pkey;
