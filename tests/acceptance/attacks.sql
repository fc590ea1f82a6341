-- Ways to have somebody else run one's code, each made by a role with CREATE on schema {there}. The
-- payload is {there}.gain(), as volatile or immutable as the place wants it. Between the lines that
-- begin with "-- name" stands one way.

-- name materialized view
create materialized view {there}.m as select {there}.gain() as g;
-- name view under a materialized view
create view {there}.v as select {there}.gain() as g;
create materialized view {there}.m as select g from {there}.v;
-- name check
create table {there}.t (a integer default 1 check ({there}.gain() is null));
insert into {there}.t values (null);
-- name generated column
create table {there}.t (a integer, b integer generated always as ({there}.gain_immutable()) stored);
insert into {there}.t values (1);
-- name column default
create table {there}.t (a integer);
insert into {there}.t values (1);
alter table {there}.t add b integer default {there}.gain();
-- name domain
create domain {there}.d as integer default {there}.gain() check ({there}.gain() > 0);
create table {there}.t (a {there}.d);
-- name index expression
create table {there}.t (a integer);
create index i on {there}.t ((a + {there}.gain_immutable()));
insert into {there}.t values (1);
-- name index predicate
create table {there}.t (a integer);
create index i on {there}.t (a) where {there}.gain_immutable() > 0;
-- name partition bound
create table {there}.t (a integer) partition by range (a);
create table {there}.p partition of {there}.t for values from ({there}.gain()) to (1000);
-- name partition key
create table {there}.t (a integer) partition by range ((a + {there}.gain_immutable()));
create table {there}.p partition of {there}.t default;
insert into {there}.t values (1);
-- name trigger
create table {there}.t (a integer);
create trigger t before insert or update or delete or truncate on {there}.t
    for each statement execute function {there}.gain_by_trigger();
-- name rule
create table {there}.t (a integer);
create rule r as on insert to {there}.t do also select {there}.gain();
-- name policy
create table {there}.t (a integer);
alter table {there}.t enable row level security, force row level security;
create policy p on {there}.t using ({there}.gain() > 0);
-- name operator
create function {there}.joined(text, name) returns text language plpgsql immutable
    as 'begin perform {there}.gain(); return $1; end';
create operator {there}.|| (function = {there}.joined, leftarg = text, rightarg = name);
create materialized view {there}.m as
    select 'a'::text operator({there}.||) 'b'::name as g;
-- name cast
create type {there}.c as (a integer);
create function {there}.as_text({there}.c) returns text language plpgsql immutable
    as 'begin perform {there}.gain(); return null; end';
create cast ({there}.c as text) with function {there}.as_text({there}.c);
create materialized view {there}.m as select (row(1)::{there}.c)::text as g;
-- name aggregate
create function {there}.step(integer, integer) returns integer language plpgsql immutable
    as 'begin perform {there}.gain(); return 1; end';
create aggregate {there}.agg(integer) (sfunc = {there}.step, stype = integer, initcond = 0);
create materialized view {there}.m as select {there}.agg(n) as g from generate_series(1, 2) n;
-- name statistics
create table {there}.t (a integer, b integer);
create statistics {there}.s on (a + {there}.gain_immutable()), b from {there}.t;
-- name range type
create function {there}.less(integer, integer) returns double precision language plpgsql immutable
    as 'begin perform {there}.gain(); return 1; end';
create type {there}.r as range (subtype = integer, subtype_diff = {there}.less);
create table {there}.t (a {there}.r);
create index i on {there}.t using gist (a);
-- name query in text
create materialized view {there}.m as select query_to_xml('{statement}', true, true, '') as g;
-- name hostile words
create table {there}.t (
    "a'; {statement}; --" integer default 1,
    "%s {0} \" text default E'\'; {statement}; --\n$$ {statement} $$'
);
comment on table {there}.t is E'\\''; {statement}; --\n$$; {statement}';
create type {there}.e as enum (E'\'; {statement}; --', '%(x)s {} \');
create function {there}.f() returns text language sql as $f$ select '$$; {statement}; $$' $f$;
