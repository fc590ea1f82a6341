create table t (id int primary key, code varchar(10));
create index t_code on t (code);
