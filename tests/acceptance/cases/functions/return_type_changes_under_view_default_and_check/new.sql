create function f(a int) returns bigint language sql immutable as $$ select a::bigint $$;
create table t (a int default f(1), check (f(a) > 0));
create index t_f on t (f(a));
create view v as select f(a) as x from t;
