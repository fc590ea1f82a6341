-- As one text, because it is long in the end: a transaction keeps all its locks. Whoever changes
-- files holds the strongest one.
select coalesce(string_agg(concat_ws(' ', l.relation, l.mode), ','), '')
from pg_locks l
where l.pid = pg_backend_pid() and l.locktype = 'relation' and l.granted
    and l.mode = any (%(modes)s)
