-- A run without an end goes on as long as one of its connections lives: they carry its name,
-- which every role may see.
select r.id, r.direction, r.who, r.version, r.plan_digest, r.started_at, r.finished_at,
       coalesce(
           r.outcome,
           case when exists (
               select from pg_stat_activity a
               where a.datname = current_database()
                 and a.application_name = 'diffapply run ' || r.id
           ) then 'running' else 'interrupted' end
       ),
       coalesce(c.counts, '{}')
from diffapply.run r
cross join lateral (
    select jsonb_object_agg(n.status, n.number) as counts
    from (
        select s.status, count(*) as number from diffapply.step s where s.run = r.id group by 1
    ) n
) c
where %(run)s is null or r.id = %(run)s
order by r.id desc
