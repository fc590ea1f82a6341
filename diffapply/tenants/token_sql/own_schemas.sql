-- Those of these schemas that exist, and our prepared statements.
select oid, nspname, {prepared}
from pg_namespace where nspname = any (%(schemas)s)
