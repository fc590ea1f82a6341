create table t (a int, b int, c int generated always as (a + b) stored) partition by range (a);
create table t_1 partition of t for values from (0) to (10);
