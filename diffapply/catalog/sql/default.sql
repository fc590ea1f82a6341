select a.schema, a.name, a.relation as owner,
    case when set_config('search_path', a.path, true) <> '' then
        -- Without the relation's oid the relation need not be opened; defaults name no column.
        pg_get_expr(d.adbin, 0)
    end as definition,
    a.attnum as position, a.hint
from attribute a
join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where a.atthasdef and a.attgenerated = '' and a.relkind in ('r', 'p', 'f', 'v')
