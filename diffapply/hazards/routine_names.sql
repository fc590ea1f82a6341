-- The names of all routines of the schema.
select p.proname, p.oid
from pg_proc p
join pg_namespace n on n.oid = p.pronamespace
where n.nspname = %(schema)s
