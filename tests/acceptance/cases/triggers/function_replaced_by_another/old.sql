create table t (a int);
create function one() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger t_it before insert on t for each row execute function one();
