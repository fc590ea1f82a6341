-- The tables of schemas in which Alembic keeps its stamps, whatever they are called: they have one
-- column, and a primary key of the name that Alembic gives it.
select n.nspname, c.relname
from pg_namespace n
join pg_depend d on d.refclassid = 'pg_namespace'::regclass and d.refobjid = n.oid
    and d.classid = 'pg_class'::regclass and d.deptype = 'n'
join pg_class c on c.oid = d.objid and c.relkind = 'r' and c.relnatts = 1
join pg_attribute a on a.attrelid = c.oid and a.attnum = 1
    and a.attname = 'version_num' and a.atttypid = 'varchar'::regtype
join pg_constraint k on k.conrelid = c.oid and k.contype = 'p'
    and k.conname::text = c.relname::text || '_pkc'
where n.nspname = any (%(schemas)s::text[])
order by c.relname, n.nspname
