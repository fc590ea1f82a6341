-- Relations of other schemas.
select c.oid, c.oid::regclass::text
from pg_class c
where c.relkind in ('r', 'p', 'm')
    and c.relnamespace <> all (array['pg_catalog'::regnamespace, 'pg_toast'::regnamespace])
    and c.relnamespace <> (select to_regnamespace(quote_ident(%(schema)s)))
