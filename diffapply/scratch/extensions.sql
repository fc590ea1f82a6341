-- The extensions beyond those of every database, in the order in which they were created.
select e.extname, n.nspname, e.extversion
from pg_extension e join pg_namespace n on n.oid = e.extnamespace
where e.extname <> 'plpgsql'
order by e.oid
