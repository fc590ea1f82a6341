-- All schemas that may be tenants.
select n.nspname
from pg_namespace n
where n.nspname !~ '^pg_' and n.nspname <> all (array['information_schema', %s])
