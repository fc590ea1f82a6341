select r.schema, r.name || '.' || quote_ident(a.attname) as name, r.name as owner,
    case a.attstorage
        when 'p' then 'PLAIN' when 'e' then 'EXTERNAL' when 'm' then 'MAIN' else 'EXTENDED'
    end as definition,
    a.attnum as position
from relation r
join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
join pg_type t on t.oid = a.atttypid and t.typstorage <> a.attstorage
where r.relkind in ('r', 'p', 'f', 'm')
