create function cleaned(raw text) returns text language sql immutable as $$ select btrim(lower(raw)) $$;
create table t (raw text, clean text not null generated always as (cleaned(raw)) stored);
