-- What objects had that runs dropped, and that are made again where those are taken back; of
-- several runs, the earliest. For an owner that is gone the current role stands.
with again as (
    select * from unnest(%(classes)s::text[], %(names)s::text[]) a (class, name)
),
recalled as (
    select distinct on (d.tenant, its.class, its.name) d.tenant, its.*
    from unnest(%(tenants)s::text[], %(runs)s::bigint[]) u (tenant, run)
    join diffapply.dropped d on (d.tenant, d.run) = (u.tenant, u.run)
    cross join jsonb_to_recordset(d.had) as its (
        class text, name text, owner text, acl jsonb, labels jsonb, publications jsonb,
        position jsonb
    )
    where exists (
        select from again a
        where (a.class, a.name) = (its.class, its.name)
            or its.class = 'column' and a.class = 'relation'
                and starts_with(its.name, a.name || '.')
    )
    order by d.tenant, its.class, its.name, d.run
)
select jsonb_build_object(
    'schema', r.tenant, 'class', r.class, 'new', r.name, 'gone', false, 'owner', o.its::bigint,
    'keeps_owner', %(rights)s or r.class not in ('relation', 'sequence', 'type', 'routine'),
    'keeps_grants', %(rights)s,
    'labels', r.labels, 'publications', r.publications, 'position', r.position,
    'acl', case when r.acl is not null then coalesce(
        (
            select array_agg(makeaclitem(
                case when g."to" is null then 0 when g."to" = r.owner then o.its else t.oid end,
                case when g.by = r.owner then o.its else b.oid end,
                p.privilege, g.grantable
            ))
            from jsonb_to_recordset(r.acl) g (by text, "to" text, may jsonb, grantable boolean)
            cross join jsonb_array_elements_text(g.may) p (privilege)
            left join pg_roles b on b.rolname = g.by
            left join pg_roles t on t.rolname = g."to"
            where (g.by = r.owner or b.oid is not null)
                and (g."to" is null or g."to" = r.owner or t.oid is not null)
        )::text, '{}') end
)
from recalled r
cross join lateral (
    select coalesce(
        (select p.oid from pg_roles p where p.rolname = r.owner), current_user::regrole::oid
    ) as its
) o
