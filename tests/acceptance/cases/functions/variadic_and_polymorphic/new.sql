create function first_of(variadic items anyarray) returns anyelement language sql immutable as $$ select items[1] $$;
create function swap(inout a int, inout b int) language sql as $$ select b, a $$;
