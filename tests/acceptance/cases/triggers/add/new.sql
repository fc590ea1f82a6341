create table t (a int, changed timestamptz);
create function touch() returns trigger language plpgsql as $$ begin new.changed := now(); return new; end $$;
create trigger t_touch before insert or update on t for each row execute function touch();
