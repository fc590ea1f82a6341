-- Those of these schemas that there are and that are not PostgreSQL's own.
select n.nspname
from pg_namespace n
where n.nspname = any (%s) and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
