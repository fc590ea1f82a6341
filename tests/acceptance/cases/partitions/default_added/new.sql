create table t (id int) partition by range (id);
create table t_1 partition of t for values from (0) to (100);
create table t_rest partition of t default;
