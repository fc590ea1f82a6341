-- The file of each relation with rows in the schema, and whether it is more than a filled view.
select c.oid, quote_ident(c.relname), c.relfilenode, c.relkind <> 'm'
from pg_class c
where c.relkind in ('r', 'p', 'm')
    and c.relnamespace = (select to_regnamespace(quote_ident(%(schema)s)))
