-- needs pg_type
select f.schema, f.name, f.name as owner,
    case when set_config('search_path', f.path, true) <> '' then '(' || concat_ws(
        ', ',
        case when f.trffromsql <> 0 then
            'FROM SQL WITH FUNCTION ' || f.trffromsql::regprocedure
        end,
        case when f.trftosql <> 0 then 'TO SQL WITH FUNCTION ' || f.trftosql::regprocedure end
    ) || ')' end as definition,
    0 as position
from own_transform f
