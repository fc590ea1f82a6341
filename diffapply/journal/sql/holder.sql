-- Who keeps a second apply out, since when, and for which run. Every role may see the locks.
select l.pid, a.usename, a.application_name, a.xact_start, r.objid::bigint
from pg_namespace n
join pg_class c on c.relnamespace = n.oid and c.relname = 'guard'
join pg_locks l on l.locktype = 'relation' and l.relation = c.oid and l.granted
    and l.mode = 'ExclusiveLock'
join pg_database d on d.oid = l.database and d.datname = current_database()
join pg_stat_activity a on a.pid = l.pid
left join pg_locks r
    on r.pid = l.pid and r.database = l.database and r.locktype = 'advisory' and r.granted
    and r.classid = %(space)s::oid and r.objsubid = 1
where n.nspname = 'diffapply'
