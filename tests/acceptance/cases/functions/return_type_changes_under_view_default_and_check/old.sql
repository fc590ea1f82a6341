create function f(a int) returns int language sql immutable as $$ select a $$;
create table t (a int default f(1), check (f(a) > 0));
create index t_f on t (f(a));
create view v as select f(a) as x from t;
