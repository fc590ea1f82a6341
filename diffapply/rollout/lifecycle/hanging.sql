-- What is outside of a schema and would go with it: it depends on the schema, or on what is in it.
with own as materialized (
    select n.oid from pg_namespace n where n.nspname = %(schema)s
),
member (classid, objid) as materialized (
    select 'pg_namespace'::regclass, own.oid from own
    union all
    select 'pg_class'::regclass, c.oid from pg_class c join own on c.relnamespace = own.oid
    union all
    select 'pg_type'::regclass, y.oid from pg_type y join own on y.typnamespace = own.oid
    union all
    select 'pg_proc'::regclass, p.oid from pg_proc p join own on p.pronamespace = own.oid
    union all
    select 'pg_operator'::regclass, o.oid from pg_operator o join own on o.oprnamespace = own.oid
    union all
    select 'pg_opclass'::regclass, o.oid from pg_opclass o join own on o.opcnamespace = own.oid
    union all
    select 'pg_opfamily'::regclass, o.oid from pg_opfamily o join own on o.opfnamespace = own.oid
    union all
    select 'pg_collation'::regclass, o.oid
    from pg_collation o
    join own on o.collnamespace = own.oid
    union all
    select 'pg_ts_config'::regclass, o.oid
    from pg_ts_config o
    join own on o.cfgnamespace = own.oid
    union all
    select 'pg_ts_dict'::regclass, o.oid from pg_ts_dict o join own on o.dictnamespace = own.oid
),
dependent as materialized (
    select distinct d.classid, d.objid
    from member m
    cross join lateral (
        select d.classid, d.objid
        from pg_depend d
        where d.refclassid = m.classid and d.refobjid = m.objid and d.deptype in ('n', 'a')
        offset 0  -- by the index: the table is as large as all tenants
    ) d
),
placed as (
    select
        case when w.rulename = '_RETURN' then 'pg_class'::regclass else d.classid end as classid,
        case when w.rulename = '_RETURN' then w.ev_class else d.objid end as objid,
        coalesce(
            place.oid, f.opfnamespace, l.collnamespace, e.cfgnamespace, i.dictnamespace
        ) as place
    from dependent d
    {standing}
    left join pg_opfamily f on d.classid = 'pg_opfamily'::regclass and f.oid = d.objid
    left join pg_collation l on d.classid = 'pg_collation'::regclass and l.oid = d.objid
    left join pg_ts_config e on d.classid = 'pg_ts_config'::regclass and e.oid = d.objid
    left join pg_ts_dict i on d.classid = 'pg_ts_dict'::regclass and i.oid = d.objid
    -- Of what has no schema, casts and the like are the type's; these are the database's.
    where coalesce(c.oid, y.oid, p.oid, o.oid, m.oid, f.oid, l.oid, e.oid, i.oid, s.oid)
            is not null
        or d.classid in (
            'pg_extension'::regclass, 'pg_event_trigger'::regclass, 'pg_language'::regclass,
            'pg_foreign_data_wrapper'::regclass
        )
)
select distinct x.type, x.identity
from placed d
cross join lateral pg_identify_object(d.classid, d.objid, 0) x
where d.place is distinct from (select own.oid from own)
    -- With a table goes its TOAST table.
    and d.place is distinct from 'pg_toast'::regnamespace
    and x.identity is not null
order by 1, 2
