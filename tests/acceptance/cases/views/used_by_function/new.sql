create table t (a int, b int);
create view v as select b from t;
create function read_v() returns setof v language sql stable as $$ select * from v $$;
