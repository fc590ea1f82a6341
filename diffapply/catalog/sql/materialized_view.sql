-- needs m
select r.schema, r.name, r.name as owner,
    case when set_config('search_path', r.path, true) <> '' then
        case when am.amname <> 'heap' then 'USING ' || quote_ident(am.amname) || ' ' else '' end
        || 'AS' || chr(10) || rtrim(pg_get_viewdef(r.oid), ';')
    end as definition,
    0 as position, r.hint
from relation r
left join pg_am am on am.oid = r.relam
where r.relkind = 'm'
