create function first_of(variadic items text[]) returns text language sql immutable as $$ select items[1] $$;
