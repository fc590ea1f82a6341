create table t (a int, b int);
create index t_ab on t (a, b);
