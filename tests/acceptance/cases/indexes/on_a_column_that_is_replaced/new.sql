create table t (id int primary key, code bytea);
create index t_code on t (code);
