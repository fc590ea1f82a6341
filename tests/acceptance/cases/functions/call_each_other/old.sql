create function even(n int) returns boolean language sql immutable as $$ select true $$;
