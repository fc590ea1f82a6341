-- Whether the search path leads to a domain or an enum of this name. If a table of this name is in
-- the same schema as the type, that schema is like a tenant.
select from pg_catalog.pg_type t
where t.oid operator(pg_catalog.=) pg_catalog.to_regtype(pg_catalog.quote_ident(%(name)s))
    and t.typtype operator(pg_catalog.=) any (array['d', 'e']::pg_catalog."char"[])
    and not exists (
        select from pg_catalog.pg_class c
        where c.relnamespace operator(pg_catalog.=) t.typnamespace
            and c.relname operator(pg_catalog.=) %(table)s)
