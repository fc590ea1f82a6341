create function factor() returns int language sql stable as $$ select 2 $$;
create table t (a int);
create view v as select a * factor() as x from t;
