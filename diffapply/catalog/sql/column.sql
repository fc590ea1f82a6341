select r.schema, r.name || '.' || quote_ident(a.attname) as name, r.name as owner,
    case when set_config('search_path', r.path, true) <> '' then concat_ws(
        ' ',
        format_type(a.atttypid, a.atttypmod),
        case when a.attcollation <> t.typcollation then
            'COLLATE ' || a.attcollation::regcollation::text
        end,
        case when a.attgenerated <> '' then
            'GENERATED ALWAYS AS (' || pg_get_expr(d.adbin, d.adrelid) || ') '
            || case a.attgenerated when 's' then 'STORED' else 'VIRTUAL' end
        end,
        case when a.attinhcount > 0 and not a.attislocal and not r.relispartition then
            'INHERITED'
        end
    ) end as definition,
    a.attnum as position
from relation r
join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
join pg_type t on t.oid = a.atttypid
left join pg_attrdef d
    on a.attgenerated <> '' and d.adrelid = a.attrelid and d.adnum = a.attnum
where r.relkind in ('r', 'p', 'f')
