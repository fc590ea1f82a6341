-- Bodies that are text: what they call is not recorded.
select p.oid, p.prosrc
from pg_proc p
join pg_namespace n on n.oid = p.pronamespace
join pg_language l on l.oid = p.prolang
where n.nspname = %(schema)s and l.lanname in ('sql', 'plpgsql') and p.prosqlbody is null
