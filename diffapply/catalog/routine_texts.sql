-- The texts of all routines in these schemas, and their settings.
select p.prosrc, p.proconfig
from pg_proc p
join pg_namespace n on n.oid = p.pronamespace
where n.nspname = any (%s)
