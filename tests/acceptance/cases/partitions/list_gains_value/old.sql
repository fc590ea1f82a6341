create table t (region text) partition by list (region);
create table t_eu partition of t for values in ('de', 'fr');
create table t_rest partition of t default;
