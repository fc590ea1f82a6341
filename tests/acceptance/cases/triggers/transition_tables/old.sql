create table t (a int);
create table log (n int);
create function count_them() returns trigger language plpgsql as $$ begin insert into log select count(*) from added; return null; end $$;
