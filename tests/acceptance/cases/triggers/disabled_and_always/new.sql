create table t (a int);
create function noop() returns trigger language plpgsql as $$ begin return null; end $$;
create trigger one after insert on t for each row execute function noop();
create trigger two after insert on t for each row execute function noop();
alter table t disable trigger one, enable always trigger two;
