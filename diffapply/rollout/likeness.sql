-- What each object of a schema, and each of its columns, has: as `give_back.sql` takes it, for the
-- objects of the same names in a new tenant.
with schema as (
    select n.oid, n.nspname from pg_namespace n where n.nspname = %(like)s
),
{owned}
select coalesce(jsonb_agg(k.its), '[]')::text
from (
    select jsonb_build_object(
        'schema', %(tenant)s::text, 'class', o.class, 'new', o.name, 'gone', false,
        'oid', o.objid::bigint, 'owner', o.owner::bigint, 'keeps_owner', true,
        'keeps_grants', true, 'acl', o.acl::text
    ) as its
    from owned o
    union all
    select jsonb_build_object(
        'schema', %(tenant)s::text, 'class', 'column',
        'new', o.name || '.' || quote_ident(a.attname), 'gone', false,
        'owner', o.owner::bigint, 'keeps_owner', false, 'keeps_grants', true,
        'acl', a.attacl::text
    )
    from owned o
    join pg_attribute a on a.attrelid = o.objid and a.attnum > 0 and not a.attisdropped
    where o.class = 'relation' and a.attacl is not null
) k
