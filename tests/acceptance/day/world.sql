-- What a superuser has made before the first tenant: roles, extensions, settings, a log of DDL.
-- SHOP stands for a name of the test's own, as roles belong to the whole server; DBNAME likewise.
create role SHOP_app login createdb;
create role SHOP_web login;
create role SHOP_reader login;
create role SHOP_support;
create role SHOP_ci login;
alter role SHOP_app set datestyle = 'SQL, DMY';
alter database DBNAME set timezone = 'America/New_York';
grant create on database DBNAME to SHOP_app;

create extension citext schema public;
create extension pg_trgm schema public;
create function public.short_id() returns text language sql volatile as
    $$ select substr(md5(random()::text), 1, 8) $$;

create table public.ddl_log (at timestamptz not null default now(), tag text, done_by name);
grant insert, select on public.ddl_log to public;
create function public.log_ddl() returns event_trigger language plpgsql as
    $$ begin insert into ddl_log (tag, done_by) values (tg_tag, current_user); end $$;
create event trigger log_ddl on ddl_command_end execute function public.log_ddl();

create schema core authorization SHOP_app;
create schema reporting authorization SHOP_app;
grant usage on schema core, reporting to SHOP_web, SHOP_reader, SHOP_support, SHOP_ci;
set role SHOP_app;
create table core.plan (id integer primary key, name text not null);
insert into core.plan values (1, 'free'), (2, 'paid');
grant select on core.plan to SHOP_web, SHOP_reader, SHOP_support;
reset role;
