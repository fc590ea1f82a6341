-- Whatever else lives in the schema: operators, operator classes, collations, conversions, text
-- search objects, base types. It is seen, compared by name, and never silently left out.
select m.schema, o.type || ' ' || o.name as name, o.name as owner, 'present' as definition,
    0 as position
from member m
cross join lateral (
    select i.type, replace(i.identity, quote_ident(m.nspname) || '.', '') as name
    from pg_identify_object(m.classid, m.objid, 0) i
) o
where m.classid not in (
    'pg_class'::regclass, 'pg_proc'::regclass, 'pg_statistic_ext'::regclass,
    'pg_default_acl'::regclass
) and (
    m.classid <> 'pg_type'::regclass
    or exists (select from pg_type t where t.oid = m.objid and t.typtype = 'b')
)
