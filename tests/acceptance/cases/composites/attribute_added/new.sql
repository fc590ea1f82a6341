create type address as (street text, zip varchar(10), city text);
create table t (home address);
create function full_of(a address) returns text language sql immutable as $$ select a.street $$;
