-- The steps of tenants that have left, by a step of a forward run, what is their goal now: one row
-- for all tenants with the same steps. What a tenant of the same name had before it was provisioned
-- was another's; see steps_to_undo.sql.
with wanted as materialized (
    select * from unnest(%(tenants)s::text[], %(goals)s::text[]) w (tenant, goal)
),
-- Hardly ever any: an index finds that out, however many steps there are.
left_it as materialized (
    select distinct w.tenant, w.goal
    from diffapply.step s
    join wanted w on w.tenant = s.tenant and w.goal = s.source
    where s.source = any (%(sources)s::text[]) and s.status = 'applied' and s.undone_by is null
),
provisioned as materialized (
    select s.tenant, max(s.run) as run
    from diffapply.run r
    join diffapply.shape on fingerprint = r.plan_digest
    join diffapply.step s on s.run = r.id
    where s.status = 'applied' and s.tenant in (select tenant from left_it)
    group by s.tenant
),
way as (
    select l.tenant, l.goal, array_agg(s.run order by s.run) as runs,
        array_agg(s.source order by s.run) as sources, array_agg(s.goal order by s.run) as goals
    from left_it l
    join diffapply.step s on s.tenant = l.tenant
    join diffapply.run r on r.id = s.run and r.direction = 'forward'
    left join provisioned p on p.tenant = l.tenant
    where s.status = 'applied' and s.undone_by is null and (s.run > p.run or p.run is null)
    group by l.tenant, l.goal
)
select goal, runs, sources, goals, array_agg(tenant)
from way
group by goal, runs, sources, goals
