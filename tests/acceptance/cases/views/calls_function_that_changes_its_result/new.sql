create function factor() returns numeric language sql stable as $$ select 2.5 $$;
create table t (a int);
create view v as select a * factor() as x from t;
