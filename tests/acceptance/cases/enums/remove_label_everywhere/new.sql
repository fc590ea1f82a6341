create type severity as enum ('info', 'error');
create table t (
    level severity not null default 'error',
    levels severity[] default '{info}',
    check (level <> 'error' or levels is null)
);
create index t_level on t (level) where level = 'error';
create unique index t_levels on t (levels);
create view loud as select level, levels from t where level = any (array['error']::severity[]);
create materialized view counts as select level, count(*) from t group by level;
create function is_loud(level severity) returns boolean language sql immutable as $$ select level >= 'error' $$;
create function all_levels() returns setof severity language sql as $$ select unnest(enum_range(null::severity)) $$;
