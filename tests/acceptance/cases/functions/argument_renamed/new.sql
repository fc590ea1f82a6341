create function f(x int, y int default 2) returns int language sql as $$ select x + y $$;
