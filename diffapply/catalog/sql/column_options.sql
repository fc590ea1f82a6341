select r.schema, r.name || '.' || quote_ident(a.attname) as name, r.name as owner,
    array_to_string(a.attoptions, ', ') as definition, a.attnum as position
from relation r
join pg_attribute a
    on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped and a.attoptions is not null
where r.relkind in ('r', 'p', 'f', 'm')
