-- What holds vacuum back: sessions with a snapshot or a number of their transaction, and the age of
-- that, in the bench's databases and in diffapply's scratch databases; the watcher is elsewhere.
select pid, extract(epoch from clock_timestamp() - xact_start)::float8
from pg_stat_activity
where backend_type = 'client backend' and datname like 'diffapply\_%'
    and (backend_xmin is not null or backend_xid is not null) and xact_start is not null
