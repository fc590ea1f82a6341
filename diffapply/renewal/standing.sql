-- What stands in a schema: class, name, kind, and what it is known by: oid, of a column its
-- number, too.
with schema as (
    select n.oid, n.nspname from pg_namespace n where n.nspname = %(schema)s
),
{owned}
select o.class, o.name, o.kind, o.objid::bigint, 0 from owned o
union all
select 'column', o.name || '.' || quote_ident(a.attname), 'column', o.objid::bigint, a.attnum
from owned o
join pg_attribute a on a.attrelid = o.objid and a.attnum > 0 and not a.attisdropped
where o.class = 'relation'
