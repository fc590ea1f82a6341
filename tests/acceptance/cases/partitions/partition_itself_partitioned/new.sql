create table t (id int, region text) partition by list (region);
create table t_eu partition of t for values in ('de') partition by range (id);
create table t_eu_1 partition of t_eu for values from (0) to (100);
create index t_id on t (id);
