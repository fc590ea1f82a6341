create table t (id serial primary key);
alter sequence t_id_seq start 1000 cache 50 maxvalue 100000;
