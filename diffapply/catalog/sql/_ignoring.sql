-- `named` is ignored by its own name; with it goes what PostgreSQL would drop together with it: a
-- table's indexes, sequences and partitions, an index of a column, a constraint's index.
named as materialized (
{named}
),
ignored (schema, classid, objid, objsubid) as (
    select n.schema, n.classid::oid, n.objid, n.objsubid::integer from named n
    union
    select i.schema, d.classid, d.objid, d.objsubid
    from ignored i
    join pg_depend d
        on d.refclassid = i.classid and d.refobjid = i.objid
        and (i.objsubid = 0 or d.refobjsubid = i.objsubid) and d.deptype in ('a', 'i', 'P')
),
