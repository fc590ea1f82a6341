-- Whatever else lives in the schema: what a newer PostgreSQL may bring. It is seen, compared by
-- name, and never silently left out. An extension's own place is no structure of the schema.
select m.schema, o.type || ' ' || o.name as name, o.name as owner, 'present' as definition,
    0 as position
from member m
cross join lateral (
    select i.type, replace(i.identity, quote_ident(m.nspname) || '.', '') as name
    from pg_identify_object(m.classid, m.objid, 0) i
) o
where m.classid not in (
    'pg_class'::regclass, 'pg_type'::regclass, 'pg_proc'::regclass, 'pg_operator'::regclass,
    'pg_opclass'::regclass, 'pg_opfamily'::regclass, 'pg_collation'::regclass,
    'pg_conversion'::regclass, 'pg_ts_parser'::regclass, 'pg_ts_template'::regclass,
    'pg_ts_dict'::regclass, 'pg_ts_config'::regclass, 'pg_statistic_ext'::regclass,
    'pg_default_acl'::regclass, 'pg_extension'::regclass
)
