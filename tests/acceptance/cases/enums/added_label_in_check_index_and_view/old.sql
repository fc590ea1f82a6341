create type severity as enum ('info', 'error');
create table t (level severity, check (level <> 'info' or level is null));
create index t_level on t (level) where level = 'error';
create view bad as select * from t where level = 'error';
