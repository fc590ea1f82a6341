-- The version of the schema's row, and whether anything hangs on it.
select n.xmin::text,
    exists (select from pg_depend where refclassid = 'pg_namespace'::regclass and refobjid = n.oid)
    or exists (
        select from pg_description where classoid = 'pg_namespace'::regclass and objoid = n.oid
    )
    or exists (
        select from pg_seclabel where classoid = 'pg_namespace'::regclass and objoid = n.oid
    )
from pg_namespace n
where n.nspname = %(schema)s
