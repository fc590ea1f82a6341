create table pg_class (oid int primary key, relname text not null);
create table json (int4 int, date date);
create view pg_tables as select relname from pg_class;
create function lower(t text) returns text language sql immutable as $$ select t $$;
