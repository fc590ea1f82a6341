-- A cast lives in no schema; it belongs to those of the types that it leads from and to.
select k.schema, k.name, k.name as owner,
    case when set_config('search_path', k.path, true) <> '' then
        case c.castmethod
            when 'f' then 'WITH FUNCTION ' || c.castfunc::regprocedure
            when 'i' then 'WITH INOUT' else 'WITHOUT FUNCTION'
        end
        || case c.castcontext when 'a' then ' AS ASSIGNMENT' when 'i' then ' AS IMPLICIT' else '' end
    end as definition,
    0 as position
from (
    select x.schema, x.path, c.oid,
        case when set_config('search_path', x.path, true) <> '' then
            '(' || format_type(c.castsource, null) || ' AS ' || format_type(c.casttarget, null)
            || ')'
        end as name
    from (
        select t.schema, t.path, unnest(array[t.oid, t.typarray]) as type from own_type t
        union all
        select r.schema, r.path, r.reltype from relation r where r.reltype <> 0
    ) x
    join pg_depend d
        on d.refclassid = 'pg_type'::regclass and d.refobjid = x.type
        and d.classid = 'pg_cast'::regclass
    join pg_cast c on c.oid = d.objid
    where not exists (
        select from pg_depend e
        where e.classid = 'pg_cast'::regclass and e.objid = c.oid and e.deptype = 'e'
    )
    group by x.schema, x.path, c.oid, c.castsource, c.casttarget
) k
join pg_cast c on c.oid = k.oid
