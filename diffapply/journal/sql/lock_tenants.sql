-- Only the last statement's answer reaches us: the locks' is told by the search path, which is
-- neutral either way. A setting of our own would leave its name in the session.
select set_config('search_path', case
        when count(*) = cardinality({names}::text[]) then 'pg_catalog' else 'pg_catalog, pg_temp'
    end, true)
from (
    select from diffapply.tenant where name = any ({names}::text[]) for update skip locked
) t;
