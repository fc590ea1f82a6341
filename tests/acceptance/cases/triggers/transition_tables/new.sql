create table t (a int);
create table log (n int);
create function count_them() returns trigger language plpgsql as $$ begin insert into log select count(*) from added; return null; end $$;
create trigger t_count after insert on t referencing new table as added for each statement execute function count_them();
create trigger t_truncate after truncate on t for each statement execute function count_them();
