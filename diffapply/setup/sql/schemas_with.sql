-- Which schemas have a routine, type, relation, operator class, collation or text search
-- configuration of a name.
select n.nspname
from pg_namespace n
where n.nspname = any (%(schemas)s::text[]) and has_schema_privilege(n.oid, 'usage') and (
    exists (select from pg_proc p where p.pronamespace = n.oid and p.proname = %(name)s)
    or exists (select from pg_type y where y.typnamespace = n.oid and y.typname = %(name)s)
    or exists (select from pg_class c where c.relnamespace = n.oid and c.relname = %(name)s)
    or exists (select from pg_opclass o where o.opcnamespace = n.oid and o.opcname = %(name)s)
    or exists (select from pg_collation l where l.collnamespace = n.oid and l.collname = %(name)s)
    or exists (select from pg_ts_config g where g.cfgnamespace = n.oid and g.cfgname = %(name)s)
)
order by n.nspname
