select a.schema, a.name, a.relation as owner,
    case when set_config('search_path', a.path, true) <> '' then concat_ws(
        ' ',
        format_type(a.atttypid, a.atttypmod),
        case when a.attcollation <> a.typcollation then
            'COLLATE ' || a.attcollation::regcollation::text
        end,
        case when a.attgenerated <> '' then (
            select 'GENERATED ALWAYS AS (' || pg_get_expr(d.adbin, d.adrelid) || ') '
                || case a.attgenerated when 's' then 'STORED' else 'VIRTUAL' end
            from pg_attrdef d
            where d.adrelid = a.attrelid and d.adnum = a.attnum
        ) end,
        case when a.attinhcount > 0 and not a.attislocal and not a.relispartition then
            'INHERITED'
        end
    ) end as definition,
    a.attnum as position,
    case when a.attgenerated <> '' then a.hint end as hint
from attribute a
where a.relkind in ('r', 'p', 'f')
