-- A partitioned table names an access method only when it was given one.
select r.schema, r.name, r.name as owner,
    case when set_config('search_path', r.path, true) <> '' then concat_ws(
        ' ',
        case r.relpersistence when 'u' then 'UNLOGGED' end,
        case r.relkind when 'f' then 'FOREIGN TABLE' else 'TABLE' end,
        'PARTITION BY ' || pg_get_partkeydef(r.oid),
        case when am.amname <> 'heap' or r.relkind = 'p' then
            'USING ' || quote_ident(am.amname)
        end,
        'SERVER ' || quote_ident(fs.srvname),
        'OPTIONS (' || (
            select string_agg(
                quote_ident(o.option_name) || ' ' || quote_literal(o.option_value), ', '
                order by o.option_name
            )
            from pg_options_to_table(ft.ftoptions) o
        ) || ')'
    ) end as definition,
    0 as position, r.hint
from relation r
left join pg_am am on am.oid = r.relam
left join pg_foreign_table ft on ft.ftrelid = r.oid
left join pg_foreign_server fs on fs.oid = ft.ftserver
where r.relkind in ('r', 'p', 'f')
