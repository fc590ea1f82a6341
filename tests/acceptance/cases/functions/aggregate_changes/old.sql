create function plus(state bigint, value int) returns bigint language sql immutable as $$ select state + value $$;
create aggregate total(int) (sfunc = plus, stype = bigint, initcond = '0');
create table t (a int);
create view v as select total(a) as s from t;
