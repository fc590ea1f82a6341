-- Statements that give the role all schemas.
select pg_catalog.format('alter schema %I owner to {role}', n.nspname)
from pg_catalog.pg_namespace n
where not pg_catalog.starts_with(n.nspname::text, 'pg_') and n.nspname <> 'information_schema'
