select r.schema, quote_ident(x.relname) || '.' || a.attnum as name, r.name as owner,
    a.attstattarget::text as definition, 0 as position
from relation r
join pg_index i on i.indrelid = r.oid
join pg_class x on x.oid = i.indexrelid
join pg_attribute a on a.attrelid = x.oid and a.attstattarget >= 0
where r.relkind in ('r', 'p', 'm')
