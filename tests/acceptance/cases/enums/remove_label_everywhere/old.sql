create type severity as enum ('info', 'warning', 'error');
create table t (
    level severity not null default 'warning',
    levels severity[] default '{info,warning}',
    check (level <> 'warning' or levels is null)
);
create index t_level on t (level) where level = 'error';
create unique index t_levels on t (levels);
create view loud as select level, levels from t where level = any (array['warning', 'error']::severity[]);
create materialized view counts as select level, count(*) from t group by level;
create function is_loud(level severity) returns boolean language sql immutable as $$ select level >= 'warning' $$;
create function all_levels() returns setof severity language sql as $$ select unnest(enum_range(null::severity)) $$;
