create table t (a int, b int);
create function touch() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger t_touch after insert or update of a, b on t for each row when (new.a > 0) execute function touch('x', 'it''s');
