-- What is outside the merchants: two shared schemas, and what their tables use of them.
create schema directory;
create schema billing;

create function directory.short_code() returns text
language sql volatile
as $$ select upper(substr(md5(random()::text), 1, 8)) $$;

do $$
begin
    create extension if not exists citext;
exception when feature_not_supported or undefined_file then
    -- The embedded server has no citext: here, a domain stands in for it.
    create domain public.citext as text;
end
$$;
