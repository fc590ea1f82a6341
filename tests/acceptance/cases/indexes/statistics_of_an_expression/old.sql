create table t (a int, b int);
create index t_sum on t ((a + b), (a - b));
