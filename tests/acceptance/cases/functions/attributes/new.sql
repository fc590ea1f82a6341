create function f(a int) returns int language sql immutable strict leakproof parallel restricted cost 42 security definer
    set work_mem = '10MB' set search_path = pg_catalog as $$ select a $$;
create function g() returns setof int language sql as $$ select 1 $$;
