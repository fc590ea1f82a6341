-- Who holds the lock that keeps a second apply out, and for which run. Every role may see it.
select l.pid, a.usename, a.application_name, r.objid::bigint
from pg_locks l
join pg_database d on d.oid = l.database and d.datname = current_database()
join pg_stat_activity a on a.pid = l.pid
left join pg_locks r
    on r.pid = l.pid and r.database = l.database and r.locktype = 'advisory' and r.granted
    and r.classid = %(space)s::oid and r.objsubid = 1
where l.locktype = 'advisory' and l.granted
  and l.classid = %(upper)s::oid and l.objid = %(lower)s::oid and l.objsubid = 1
