-- Whose transactions have tenants locked; see `blockers.sql`. A row names the one that locks it.
select null, null, null, l.granted, l.mode, l.pid, a.application_name,
    coalesce(a.state, a.backend_type), {since}
from diffapply.tenant t
join pg_locks l on l.locktype = 'transactionid' and l.transactionid = t.xmax and l.granted
left join pg_stat_activity a on a.pid = l.pid
where t.name = any (%(tenants)s) and l.pid is distinct from pg_backend_pid()
