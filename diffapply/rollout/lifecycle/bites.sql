-- The objects of a schema as DROP names them, in an order in which few go with others, and about
-- how many locks it takes to drop each: one for itself, and one for whatever goes with it.
with own as materialized (
    select n.oid from pg_namespace n where n.nspname = %(schema)s
),
found (turn, kind, identity, classid, objid, tables) as (
    select
        case
            when c.relkind in ('v', 'm') then 1
            when c.relispartition then 2
            when c.relkind in ('r', 'f') then 3
            when c.relkind = 'p' then 4
            else 5
        end,
        case c.relkind
            when 'v' then 'view' when 'm' then 'materialized view' when 'f' then 'foreign table'
            when 'S' then 'sequence' when 'c' then 'type' else 'table'
        end,
        format('%%I.%%I', %(schema)s, c.relname),
        'pg_class'::regclass,
        c.oid,
        c.relkind in ('r', 'p')
    from pg_class c
    join own on c.relnamespace = own.oid
    where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S', 'c')
    union all
    select 6, 'routine', p.oid::regprocedure::text, 'pg_proc'::regclass, p.oid, false
    from pg_proc p
    join own on p.pronamespace = own.oid
    union all
    select 7, case y.typtype when 'd' then 'domain' else 'type' end,
        format('%%I.%%I', %(schema)s, y.typname), 'pg_type'::regclass, y.oid, false
    from pg_type y
    join own on y.typnamespace = own.oid
    where y.typtype in ('d', 'e', 'r')
)
select f.kind, f.identity, f.tables,
    4 + (
        select count(*)
        from pg_depend d
        where d.refclassid = f.classid and d.refobjid = f.objid
    ) + 4 * (
        select count(*)
        from pg_constraint k
        where f.tables and k.contype = 'f' and f.objid in (k.conrelid, k.confrelid)
    )
from found f
-- What an extension brought goes with the extension, and a column's sequence with its table.
where not exists (
    select from pg_depend e
    where e.classid = f.classid and e.objid = f.objid
        and (e.deptype = 'e' or f.kind = 'sequence' and e.deptype in ('a', 'i'))
)
order by f.turn, f.identity
