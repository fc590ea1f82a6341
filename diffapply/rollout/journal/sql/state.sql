-- Whether there is a journal, and whether the current role may read all of it. Asks the catalogs,
-- which everybody may read, instead of the tables, which would be an error.
select coalesce(bool_or(c.relname = 'meta'), false),
       bool_and(has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select'))
from pg_namespace n
join pg_class c on c.relnamespace = n.oid
where n.nspname = 'diffapply' and c.relkind = 'r'
