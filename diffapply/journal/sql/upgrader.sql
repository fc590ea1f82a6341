-- Who holds the advisory lock of the journal's upgrade; its key has two halves.
select a.usename, a.pid, a.application_name,
    coalesce(
        to_char(a.xact_start at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS'), 'a time hidden from us'
    )
from pg_locks l
join pg_stat_activity a on a.pid = l.pid
where l.locktype = 'advisory' and l.granted and l.objsubid = 1
    and l.database = (select oid from pg_database where datname = current_database())
    and (l.classid::bigint << 32) | l.objid::bigint = %(key)s
