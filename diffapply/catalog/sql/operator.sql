-- needs pg_operator
-- One that is only named as another's commutator or negator has no function, and is no fact.
select m.schema, k.name, k.name as owner,
    case when set_config('search_path', m.path, true) <> '' then '(' || concat_ws(
        ', ',
        (
            select string_agg(
                v.option || ' = '
                || case when pg_function_is_visible(p.oid) then ''
                    else quote_ident(n.nspname) || '.' end
                || quote_ident(p.proname), ', ' order by v.place
            )
            from (
                values (1, 'FUNCTION', o.oprcode), (2, 'RESTRICT', o.oprrest),
                    (3, 'JOIN', o.oprjoin)
            ) v (place, option, oid)
            join pg_proc p on p.oid = v.oid
            join pg_namespace n on n.oid = p.pronamespace
        ),
        case when o.oprleft <> 0 then 'LEFTARG = ' || format_type(o.oprleft, null) end,
        'RIGHTARG = ' || format_type(o.oprright, null),
        (
            select string_agg(
                v.option || ' = '
                || case when pg_operator_is_visible(p.oid) then p.oprname
                    else 'OPERATOR(' || quote_ident(n.nspname) || '.' || p.oprname || ')' end,
                ', ' order by v.option
            )
            from (values ('COMMUTATOR', o.oprcom), ('NEGATOR', o.oprnegate)) v (option, oid)
            join pg_operator p on p.oid = v.oid
            join pg_namespace n on n.oid = p.oprnamespace
        ),
        case when o.oprcanhash then 'HASHES' end,
        case when o.oprcanmerge then 'MERGES' end
    ) || ')' end as definition,
    0 as position
from member m
join pg_operator o on o.oid = m.objid and o.oprcode <> 0
cross join lateral (
    select case when set_config('search_path', m.path, true) <> '' then
        o.oid::regoperator::text
    end as name
) k
where m.classid = 'pg_operator'::regclass
