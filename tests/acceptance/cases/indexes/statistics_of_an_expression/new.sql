create table t (a int, b int);
create index t_sum on t ((a + b), (a - b));
alter index t_sum alter column 2 set statistics 400;
