create table t (id int, state text default 'new') partition by range (id);
create table t_1 partition of t for values from (0) to (10);
