create table t (id int, region text) partition by list (region);
create table t_eu partition of t for values in ('de');
