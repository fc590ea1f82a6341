create type state as enum ('draft', 'live');
create table t (s state);
create function noop() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger went_live after update of s on t for each row when (new.s = 'live') execute function noop();
