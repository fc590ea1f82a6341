select r.schema, r.name || '.' || quote_ident(a.attname) as name, r.name as owner,
    a.attstattarget::text as definition, a.attnum as position
from relation r
join pg_attribute a
    on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped and a.attstattarget >= 0
where r.relkind in ('r', 'p', 'f', 'm')
