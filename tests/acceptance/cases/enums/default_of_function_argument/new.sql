create type state as enum ('live', 'gone');
create function count_of(s state default 'live') returns bigint language sql stable as $$ select 1::bigint $$;
create procedure move(s state) language plpgsql as $$ begin null; end $$;
