-- What the rich tenant refers to outside itself: of the database, not of the tenant.
create role "rich reader";
create access method heap2 type table handler heap_tableam_handler;
create foreign data wrapper nothing;
create server far foreign data wrapper nothing;
create schema shared;
create table shared.countries (code text primary key);
create type shared.status as enum ('open', 'closed');
create function shared.double(integer) returns integer language sql immutable as 'select $1 * 2';
set allow_in_place_tablespaces = on;
create tablespace elsewhere location '';
