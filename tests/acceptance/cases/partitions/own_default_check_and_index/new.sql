create table t (id int, state text default 'new') partition by range (id);
create table t_1 partition of t (state default 'old', constraint t_1_state check (state <> 'gone')) for values from (0) to (10);
create index t_1_state on t_1 (state);
