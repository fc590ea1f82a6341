create table t (a int, state varchar(10));
create index t_a on t (a);
