create type severity as enum ('info', 'error', 'fatal');
create table t (level severity, check (level <> 'fatal' or level is null));
create index t_level on t (level) where level = 'fatal';
create view bad as select * from t where level in ('error', 'fatal');
