select tenant, run, source, owners
from (
    select s.tenant, s.run, s.source, s.owners,
           row_number() over (partition by s.tenant order by s.run desc) as back
    from diffapply.step s
    join diffapply.run r on r.id = s.run
    where s.tenant = any (%(tenants)s::text[])
      and s.status = 'applied'
      and s.undone_by is null
      and r.direction = 'forward'
      and s.run >= coalesce(%(to)s, 0)
) undoable
where back = 1 or %(to)s is not null
order by tenant, run
