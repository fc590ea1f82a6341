-- Of these objects, those that a goal has which a forward run has reached in any tenant.
with declared as materialized (
    select s.facts
    from diffapply.shape s
    where exists (
        select
        from diffapply.step t
        join diffapply.run r on r.id = t.run
        where t.goal = s.fingerprint and t.status = 'applied' and r.direction = 'forward'
    )
)
select distinct w.kind, w.name
from declared d
cross join lateral jsonb_array_elements(d.facts) f
join unnest(%(kinds)s::text[], %(names)s::text[]) w (kind, name)
    on w.kind = f ->> 0 and w.name = f ->> 1
