create table t (a int, b int);
create function put() returns trigger language plpgsql as $$ begin insert into t values (new.a, 0); return new; end $$;
create view v as select a, b from t;
create trigger v_put instead of insert on v for each row execute function put();
comment on view v is 'Writable';
