select r.schema, quote_ident(x.relname) as name, r.name as owner, 'INVALID' as definition,
    0 as position
from relation r
join pg_index i on i.indrelid = r.oid and not i.indisvalid
join pg_class x on x.oid = i.indexrelid
