-- Whether there is a type or a relation of this name in the schema.
select from pg_catalog.pg_namespace n
where n.nspname operator(pg_catalog.=) %(schema)s and (
    exists (
        select from pg_catalog.pg_type t
        where t.typnamespace operator(pg_catalog.=) n.oid
            and t.typname operator(pg_catalog.=) %(name)s)
    or exists (
        select from pg_catalog.pg_class c
        where c.relnamespace operator(pg_catalog.=) n.oid
            and c.relname operator(pg_catalog.=) %(name)s))
