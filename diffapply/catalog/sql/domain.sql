select m.schema, quote_ident(t.typname) as name, quote_ident(t.typname) as owner,
    case when set_config('search_path', m.path, true) <> '' then concat_ws(
        ' ',
        format_type(t.typbasetype, t.typtypmod),
        case when t.typcollation <> b.typcollation then
            'COLLATE ' || t.typcollation::regcollation::text
        end
    ) end as definition,
    0 as position
from member m
join pg_type t on t.oid = m.objid and t.typtype = 'd'
join pg_type b on b.oid = t.typbasetype
where m.classid = 'pg_type'::regclass
