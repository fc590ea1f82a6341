create type state as enum ('draft', 'live');
create function count_of(s state default 'draft') returns bigint language sql stable as $$ select 1::bigint $$;
create procedure move(s state) language plpgsql as $$ begin null; end $$;
