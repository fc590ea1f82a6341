-- What each object of a schema, and each of its columns, has: as `give_back.sql` takes it, for the
-- objects of the same names in a new tenant. What the tenant has beyond gets the schema's owner, if
-- what is in the schema is that one's; see `owners.sql`.
with schema as (
    select n.oid, n.nspname from pg_namespace n where n.nspname in (%(like)s, %(tenant)s)
),
{owned},
like_it as (
    select * from owned where nspname = %(like)s
)
select coalesce(jsonb_agg(k.its), '[]')::text
from (
    select jsonb_build_object(
        'schema', %(tenant)s::text, 'class', o.class, 'new', o.name, 'gone', false,
        'oid', o.objid::bigint, 'owner', o.owner::bigint, 'keeps_owner', true,
        'keeps_grants', true, 'acl', o.acl::text
    ) as its
    from like_it o
    union all
    select jsonb_build_object(
        'schema', %(tenant)s::text, 'class', 'column',
        'new', o.name || '.' || quote_ident(a.attname), 'gone', false,
        'owner', o.owner::bigint, 'keeps_owner', false, 'keeps_grants', true,
        'acl', a.attacl::text
    )
    from like_it o
    join pg_attribute a on a.attrelid = o.objid and a.attnum > 0 and not a.attisdropped
    where o.class = 'relation' and a.attacl is not null
    union all
    select jsonb_build_object(
        'schema', o.nspname, 'class', o.class, 'new', o.name, 'gone', false,
        'owner', n.nspowner::bigint, 'keeps_owner', true, 'keeps_grants', false
    )
    from owned o
    join pg_namespace n on n.nspname = %(like)s
        and n.nspowner::regrole::text <> 'pg_database_owner'
    cross join lateral (
        select coalesce(bool_or(l.owner = n.nspowner), true) as is_its
        from like_it l
        where l.class in ('relation', 'sequence')
    ) i
    where i.is_its and o.nspname = %(tenant)s and not exists (
        select from like_it l where (l.class, l.name) = (o.class, o.name)
    )
) k
