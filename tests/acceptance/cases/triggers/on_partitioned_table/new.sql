create table t (a int) partition by range (a);
create table t_1 partition of t for values from (0) to (10);
create function noop() returns trigger language plpgsql as $$ begin return null; end $$;
create trigger t_noop after insert on t for each row execute function noop();
alter table t_1 disable trigger t_noop;
