create table t (id int, b text not null default 'x', c int check (c > 0)) partition by range (id);
create table t_1 partition of t for values from (0) to (10);
create table t_2 partition of t for values from (10) to (20) partition by range (id);
create table t_2a partition of t_2 default;
