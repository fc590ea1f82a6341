create function keep_first(state text, value text) returns text language sql immutable as $$ select coalesce(state, value) $$;
create aggregate first_text(text) (sfunc = keep_first, stype = text, parallel = safe);
comment on aggregate first_text(text) is 'The first that is given';
