create table t (a int);
create table u (a int);
create function check_later() returns trigger language plpgsql as $$ begin return null; end $$;
create constraint trigger later after insert or update on t from u deferrable initially deferred
    for each row execute function check_later();
