-- needs pg_cast
select c.schema, c.name, c.name as owner,
    case when set_config('search_path', c.path, true) <> '' then
        case c.castmethod
            when 'f' then 'WITH FUNCTION ' || c.castfunc::regprocedure
            when 'i' then 'WITH INOUT' else 'WITHOUT FUNCTION'
        end
        || case c.castcontext
            when 'a' then ' AS ASSIGNMENT' when 'i' then ' AS IMPLICIT' else ''
        end
    end as definition,
    0 as position
from own_cast c
