create function f(a int) returns int language sql as $$ select a $$;
create function g() returns setof int language sql immutable strict cost 5 rows 20 parallel safe as $$ select 1 $$;
