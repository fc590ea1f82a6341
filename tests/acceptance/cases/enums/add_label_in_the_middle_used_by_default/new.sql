create type severity as enum ('debug', 'info', 'warning', 'error', 'fatal');
create table t (level severity not null default 'error');
create view errors as select * from t where level = 'error';
