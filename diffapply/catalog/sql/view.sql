-- needs v
select r.schema, r.name, r.name as owner,
    case when set_config('search_path', r.path, true) <> '' then
        coalesce('WITH (' || (
            select string_agg(
                split_part(o, '=', 1) || '='
                || quote_literal(substr(o, strpos(o, '=') + 1)), ', ' order by place
            )
            from unnest(r.reloptions) with ordinality u (o, place)
        ) || ') ', '')
        || 'AS' || chr(10) || rtrim(pg_get_viewdef(r.oid), ';')
    end as definition,
    0 as position, r.hint
from relation r
where r.relkind = 'v'
