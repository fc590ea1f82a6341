-- needs pg_type
select t.schema, t.name, t.name as owner,
    case when set_config('search_path', t.path, true) <> '' then concat_ws(
        ' ',
        format_type(t.typbasetype, t.typtypmod),
        case when t.typcollation <> b.typcollation then
            'COLLATE ' || t.typcollation::regcollation::text
        end
    ) end as definition,
    0 as position
from own_type t
join pg_type b on b.oid = t.typbasetype
where t.typtype = 'd'
