-- needs pg_type
select t.schema, t.name, t.name as owner,
    case when set_config('search_path', t.path, true) <> '' then
        coalesce(pg_get_expr(t.typdefaultbin, 0), quote_literal(t.typdefault))
    end as definition,
    0 as position, t.hint
from own_type t
where t.typtype = 'd' and t.typdefault is not null
