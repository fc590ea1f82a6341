create table t (a int, c int generated always as (a + 1) virtual);
