select r.schema, r.name || '.' || quote_ident(a.attname) as name, r.name as owner,
    case when set_config('search_path', r.path, true) <> '' then
        pg_get_expr(d.adbin, d.adrelid)
    end as definition,
    a.attnum as position
from relation r
join pg_attrdef d on d.adrelid = r.oid
join pg_attribute a
    on a.attrelid = d.adrelid and a.attnum = d.adnum and a.attgenerated = ''
    and not a.attisdropped
where r.relkind in ('r', 'p', 'f', 'v')
