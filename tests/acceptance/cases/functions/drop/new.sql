create function f(a text) returns text language sql as $$ select a $$;
