create table t (a int) partition by list (a);
create table t_1 partition of t for values in (1);
