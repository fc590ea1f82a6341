create table notes (id int primary key, body varchar(100));
create function stamp() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger on_body before update of body on notes for each row when (new.body <> '') execute function stamp();
