create type severity as enum ('info', 'error');
create table t (level severity not null default 'error');
create view errors as select * from t where level = 'error';
