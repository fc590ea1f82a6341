-- The steps by forward runs of tenants that have left what is their goal now: one row for all
-- tenants with the same steps. Digests tell which these are, and one of the tenants tells what they
-- were: to sort and to send the steps of all would take most of the time. Tenants are given, not
-- found here: else the server does not expect so many. To compile it takes longer than it saves.
set local jit = off;
with digests as (
    select w.tenant, w.goal, w.since, bit_xor(hashtextextended(s.source, s.run)) as sources,
        bit_xor(hashtextextended(s.goal, s.run)) as goals, count(*) as number
    from unnest(%(tenants)s::text[], %(goals)s::text[], %(since)s::bigint[]) w (tenant, goal, since)
    join diffapply.step s on s.tenant = w.tenant and s.run > w.since
    join diffapply.run r on r.id = s.run and r.direction = 'forward'
    where s.status = 'applied' and s.undone_by is null
    group by w.tenant, w.goal, w.since
),
alike as materialized (
    select goal, since, min(tenant) as one, array_agg(tenant) as tenants
    from digests
    group by goal, since, sources, goals, number
)
select a.goal, w.runs, w.sources, w.goals, a.tenants
from alike a
cross join lateral (
    select array_agg(s.run order by s.run) as runs, array_agg(s.source order by s.run) as sources,
        array_agg(s.goal order by s.run) as goals
    from diffapply.step s
    join diffapply.run r on r.id = s.run and r.direction = 'forward'
    where s.tenant = a.one and s.run > a.since and s.status = 'applied' and s.undone_by is null
) w
