create table t (a int, b int, c int);
create index t_a on t (a) include (b);
