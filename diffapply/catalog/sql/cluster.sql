select r.schema, r.name, r.name as owner, 'ON ' || quote_ident(x.relname) as definition,
    0 as position
from relation r
join pg_index i on i.indrelid = r.oid and i.indisclustered
join pg_class x on x.oid = i.indexrelid
