-- The names of what extensions have in a schema: types, functions, operators and the like.
with member as (
    select d.classid, d.objid
    from pg_depend d
    where d.refclassid = 'pg_extension'::regclass and d.deptype = 'e'
),
place as (
    select n.oid from pg_namespace n where n.nspname = %(schema)s
)
select x.name
from member m
join (
    select 'pg_proc'::regclass, oid, proname, pronamespace from pg_proc
    union all
    select 'pg_type'::regclass, oid, typname, typnamespace from pg_type
    union all
    select 'pg_class'::regclass, oid, relname, relnamespace from pg_class
    union all
    select 'pg_operator'::regclass, oid, oprname, oprnamespace from pg_operator
    union all
    select 'pg_opclass'::regclass, oid, opcname, opcnamespace from pg_opclass
    union all
    select 'pg_opfamily'::regclass, oid, opfname, opfnamespace from pg_opfamily
    union all
    select 'pg_collation'::regclass, oid, collname, collnamespace from pg_collation
    union all
    select 'pg_ts_config'::regclass, oid, cfgname, cfgnamespace from pg_ts_config
    union all
    select 'pg_ts_dict'::regclass, oid, dictname, dictnamespace from pg_ts_dict
) x (classid, oid, name, namespace) on x.classid = m.classid and x.oid = m.objid
join place p on p.oid = x.namespace
