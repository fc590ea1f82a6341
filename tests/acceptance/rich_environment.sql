-- What the rich tenant refers to outside itself, in the database. In the server it refers to the
-- role "rich reader" and the tablespace elsewhere.
create access method heap2 type table handler heap_tableam_handler;
create foreign data wrapper nothing;
create server far foreign data wrapper nothing;
create schema shared;
create table shared.countries (code text primary key);
create type shared.status as enum ('open', 'closed');
create function shared.double(integer) returns integer language sql immutable as 'select $1 * 2';
