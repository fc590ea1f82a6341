-- A transform lives in no schema; it belongs to the type's.
select k.schema, k.name, k.name as owner,
    case when set_config('search_path', k.path, true) <> '' then '(' || concat_ws(
        ', ',
        case when f.trffromsql <> 0 then
            'FROM SQL WITH FUNCTION ' || f.trffromsql::regprocedure
        end,
        case when f.trftosql <> 0 then 'TO SQL WITH FUNCTION ' || f.trftosql::regprocedure end
    ) || ')' end as definition,
    0 as position
from (
    select t.schema, t.path, f.oid,
        case when set_config('search_path', t.path, true) <> '' then
            'FOR ' || format_type(t.oid, null) || ' LANGUAGE ' || quote_ident(l.lanname)
        end as name
    from own_type t
    join pg_transform f on f.trftype = t.oid
    join pg_language l on l.oid = f.trflang
) k
join pg_transform f on f.oid = k.oid
