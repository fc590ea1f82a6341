create table leads (id int primary key, touched timestamptz);
create function touch() returns trigger language plpgsql as $$ begin new.touched := now(); return new; end $$;
create trigger touched before update on leads for each row execute function touch();
