-- Which relations the journal's schema has, and whether the current role may read all of it. Asks
-- the catalogs, which everybody may read, instead of the tables, which would be an error.
select coalesce(array_agg(c.relname::text), '{}'),
    -- Of these, who reads needs the first hardly ever, and the second never.
    bool_and(has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select'))
        filter (where c.relkind = 'r' and c.relname not in ('dropped', 'tenant'))
from pg_namespace n
-- An index leads from a schema to what depends on it, none to its relations.
join pg_depend d
    on d.refclassid = 'pg_namespace'::regclass and d.refobjid = n.oid
    and d.classid = 'pg_class'::regclass
join pg_class c on c.oid = d.objid
where n.nspname = 'diffapply' and c.relkind in ('r', 'v')
