-- Code of users that PostgreSQL may run while tables change: the names of routines that are neither
-- its own, nor written in C, nor an extension's; and whether any of these is run by something that
-- expressions do not call by its name.
with code as (
    select p.oid, quote_ident(p.proname::text) as name
    from pg_proc p
    join pg_language l on l.oid = p.prolang
    where p.oid >= 16384
        and (p.prokind = 'a' or l.lanname not in ('c', 'internal'))
        and not exists (
            select from pg_depend d
            where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e'
        )
),
unnamed as (
    select o.oprcode::oid as routine from pg_operator o
    union all
    select c.castfunc from pg_cast c
    union all
    select a.amproc::oid from pg_amproc a
    union all
    select unnest(array[r.rngcanonical::oid, r.rngsubdiff::oid]) from pg_range r
    union all
    -- The checks of domains, and views elsewhere, which a materialized view may read.
    select d.refobjid
    from pg_depend d
    left join pg_constraint k on d.classid = 'pg_constraint'::regclass and k.oid = d.objid
    left join pg_rewrite w on d.classid = 'pg_rewrite'::regclass and w.oid = d.objid
    left join pg_class v on v.oid = w.ev_class
    where d.refclassid = 'pg_proc'::regclass
        and (k.contypid <> 0 or v.relnamespace::regnamespace::text <> quote_ident(%(schema)s))
)
select coalesce(array_agg(distinct c.name), '{}'),
    exists (select from unnamed u join code c on c.oid = u.routine)
from code c
