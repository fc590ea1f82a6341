-- The schemas that are not PostgreSQL's own.
select n.nspname
from pg_namespace n
where n.nspname not like 'pg\_%' and n.nspname <> 'information_schema'
