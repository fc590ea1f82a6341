-- Ways to have somebody else run one's code, each made by a role with CREATE on schema  The
-- payload is gain(), as volatile or immutable as the place wants it. Between the lines that
-- begin with "-- name" stands one way.

-- name materialized view
create materialized view m as select gain() as g;
-- name view under a materialized view
create view v as select gain() as g;
create materialized view m as select g from v;
-- name check
create table t (a integer default 1 check (gain() > 0));
insert into t values (null);
-- name generated column
create table t (a integer, b integer generated always as (gain_immutable()) stored);
insert into t values (1);
-- name column default
create table t (a integer);
insert into t values (1);
alter table t add b integer default gain();
-- name domain
create domain d as integer default gain() check (gain() > 0);
create table t (a d);
-- name index expression
create table t (a integer);
create index i on t ((a + gain_immutable()));
insert into t values (1);
-- name index predicate
create table t (a integer);
create index i on t (a) where gain_immutable() > 0;
-- name partition bound
create table t (a integer) partition by range (a);
create table p partition of t for values from (gain()) to (1000);
-- name partition key
create table t (a integer) partition by range ((a + gain_immutable()));
create table p partition of t default;
insert into t values (1);
-- name trigger
create table t (a integer);
create trigger t before insert or update or delete or truncate on t
    for each statement execute function gain_by_trigger();
-- name rule
create table t (a integer);
create rule r as on insert to t do also select gain();
-- name policy
create table t (a integer);
alter table t enable row level security, force row level security;
create policy p on t using (gain() > 0);
-- name operator
create function joined(text, name) returns text language plpgsql immutable
    as 'begin {run} return $1; end';
create operator || (function = joined, leftarg = text, rightarg = name);
create materialized view m as
    select 'a'::text operator({there}.||) 'b'::name as g;
-- name cast
create type c as (a integer);
create function as_text(c) returns text language plpgsql immutable
    as 'begin {run} return null; end';
create cast (c as text) with function as_text(c);
create materialized view m as select (row(1)::c)::text as g;
-- name aggregate
create function step(integer, integer) returns integer language plpgsql immutable
    as 'begin {run} return 1; end';
create aggregate agg(integer) (sfunc = step, stype = integer, initcond = 0);
create materialized view m as select agg(n) as g from generate_series(1, 2) n;
-- name statistics
create table t (a integer, b integer);
create statistics s on (a + gain_immutable()), b from t;
-- name range type
create function less(integer, integer) returns double precision language plpgsql immutable
    as 'begin {run} return 1; end';
create type r as range (subtype = integer, subtype_diff = less);
create table t (a r);
create index i on t using gist (a);
-- name hostile words
create table t (
    "a'; {statement}; --" integer default 1,
    "%s {0} \" text default E'\'; {statement}; --\n$$ {statement} $$'
);
comment on table t is E'\\''; {statement}; --\n$$; {statement}';
create type e as enum (E'\'; {statement}; --', '%(x)s {} \');
create function f() returns text language sql as $f$ select '$$; {statement}; $$' $f$;
