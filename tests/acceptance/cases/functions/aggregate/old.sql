create function keep_first(state text, value text) returns text language sql immutable as $$ select coalesce(state, value) $$;
