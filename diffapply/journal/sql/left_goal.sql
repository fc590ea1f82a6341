-- Tenants that have left, by a step that was not taken back, what is their goal now, and the run
-- that provisioned them, or 0. Hardly ever any: an index finds that out, however many steps there
-- are. What a tenant of the same name had before was another's; see steps_to_undo.sql.
with left_it as materialized (
    select distinct w.tenant, w.goal
    from diffapply.step s
    join unnest(%(tenants)s::text[], %(goals)s::text[]) w (tenant, goal)
        on w.tenant = s.tenant and w.goal = s.source
    where s.source = any (%(sources)s::text[]) and s.status = 'applied' and s.undone_by is null
),
provisioned as (
    select tenant, max(run) as run
    from diffapply.step
    where status = 'applied' and run = any (array(
        select r.id from diffapply.run r join diffapply.shape on fingerprint = r.plan_digest
    ))
    group by tenant
)
select l.tenant, l.goal, coalesce(p.run, 0)
from left_it l
left join provisioned p on p.tenant = l.tenant
