-- What is remembered of what was dropped in some tenants: class, name, in how many of them, and the
-- roles that it had to do with and that are gone.
with remembered as materialized (
    select d.tenant, its ->> 'class' as class, its ->> 'name' as name, its
    from unnest(%(tenants)s::text[], %(runs)s::bigint[]) u (tenant, run)
    join diffapply.dropped d on (d.tenant, d.run) = (u.tenant, u.run)
    cross join jsonb_array_elements(d.had) its
),
gone as (
    select r.class, r.name, array_agg(distinct w.role) as roles
    from remembered r
    cross join lateral (
        select r.its ->> 'owner'
        union all
        select g ->> part
        from jsonb_array_elements(r.its -> 'acl') g
        cross join unnest(array['by', 'to']) part
    ) w (role)
    where w.role is not null and not exists (select from pg_roles p where p.rolname = w.role)
    group by 1, 2
)
select r.class, r.name, count(distinct r.tenant),
    coalesce((select g.roles from gone g where (g.class, g.name) = (r.class, r.name)), '{}')
from remembered r
group by 1, 2
