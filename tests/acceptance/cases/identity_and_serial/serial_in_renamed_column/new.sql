create table t (id serial);
