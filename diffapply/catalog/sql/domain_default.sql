select m.schema, quote_ident(t.typname) as name, quote_ident(t.typname) as owner,
    case when set_config('search_path', m.path, true) <> '' then
        coalesce(pg_get_expr(t.typdefaultbin, 0), quote_literal(t.typdefault))
    end as definition,
    0 as position
from member m
join pg_type t on t.oid = m.objid and t.typtype = 'd' and t.typdefault is not null
where m.classid = 'pg_type'::regclass
