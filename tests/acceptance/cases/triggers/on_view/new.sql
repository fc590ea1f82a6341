create table t (a int);
create view v as select a from t;
create function put() returns trigger language plpgsql as $$ begin insert into t values (new.a); return new; end $$;
create trigger v_put instead of insert or update on v for each row execute function put();
