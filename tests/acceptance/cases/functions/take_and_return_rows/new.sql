create table t (a int, b text);
create function label(t) returns text language sql stable as $$ select $1.b || $1.a $$;
create function newest() returns t language sql stable as $$ select t from t order by a desc limit 1 $$;
