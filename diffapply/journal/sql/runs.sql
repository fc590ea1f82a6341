-- A run without an end goes on as long as its guard holds its lock, which every role may see.
with going_on as materialized (
    select l.objid::bigint as lower_half
    from pg_locks l
    join pg_database d on d.oid = l.database and d.datname = current_database()
    where l.locktype = 'advisory' and l.granted
        and l.classid = %(space)s::oid and l.objsubid = 1
)
select r.id, r.direction, r.who, r.version, r.plan_digest, r.started_at, r.finished_at,
    coalesce(
        r.outcome,
        case when r.id & 4294967295 in (select lower_half from going_on)
            then 'running' else 'interrupted' end
    ),
    coalesce(c.counts, '{}'),
    r.desired,
    -- Whoever creates or drops tenants has their goal for a plan; see steps_to_undo.sql.
    exists (select from diffapply.shape where fingerprint = r.plan_digest)
from diffapply.run r
cross join lateral (
    select jsonb_object_agg(n.status, n.number) as counts
    from (
        select s.status, count(*) as number from diffapply.step s where s.run = r.id group by 1
    ) n
) c
where %(run)s is null or r.id = %(run)s
order by r.id desc
