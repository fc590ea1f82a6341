-- needs pg_proc
select p.schema, p.name, p.name as owner,
    case when set_config('search_path', p.path, true) <> '' then
        quote_ident(p.proname) || '('
        || coalesce(nullif(pg_get_function_arguments(p.oid), ''), '*') || ') (' || concat_ws(
            ', ',
            (
                select string_agg(
                    v.option || ' = '
                    || case when pg_function_is_visible(f.oid) then ''
                        else quote_ident(n.nspname) || '.' end
                    || quote_ident(f.proname), ', ' order by v.place
                )
                from (
                    values (1, 'SFUNC', a.aggtransfn), (2, 'FINALFUNC', a.aggfinalfn),
                        (3, 'COMBINEFUNC', a.aggcombinefn), (4, 'SERIALFUNC', a.aggserialfn),
                        (5, 'DESERIALFUNC', a.aggdeserialfn), (6, 'MSFUNC', a.aggmtransfn),
                        (7, 'MINVFUNC', a.aggminvtransfn), (8, 'MFINALFUNC', a.aggmfinalfn)
                ) v (place, option, oid)
                join pg_proc f on f.oid = v.oid
                join pg_namespace n on n.oid = f.pronamespace
            ),
            'STYPE = ' || format_type(a.aggtranstype, null),
            case when a.aggtransspace <> 0 then 'SSPACE = ' || a.aggtransspace end,
            case when a.aggfinalextra then 'FINALFUNC_EXTRA' end,
            case when a.aggfinalfn <> 0 then 'FINALFUNC_MODIFY = ' || case a.aggfinalmodify
                when 'r' then 'READ_ONLY' when 's' then 'SHAREABLE' else 'READ_WRITE' end
            end,
            'INITCOND = ' || quote_literal(a.agginitval),
            case when a.aggmtranstype <> 0 then
                'MSTYPE = ' || format_type(a.aggmtranstype, null)
            end,
            case when a.aggmtransspace <> 0 then 'MSSPACE = ' || a.aggmtransspace end,
            case when a.aggmfinalextra then 'MFINALFUNC_EXTRA' end,
            case when a.aggmfinalfn <> 0 then 'MFINALFUNC_MODIFY = ' || case a.aggmfinalmodify
                when 'r' then 'READ_ONLY' when 's' then 'SHAREABLE' else 'READ_WRITE' end
            end,
            'MINITCOND = ' || quote_literal(a.aggminitval),
            case when a.aggsortop <> 0 then 'SORTOP = ' || (
                select case when pg_operator_is_visible(o.oid) then o.oprname
                    else 'OPERATOR(' || quote_ident(n.nspname) || '.' || o.oprname || ')' end
                from pg_operator o join pg_namespace n on n.oid = o.oprnamespace
                where o.oid = a.aggsortop
            ) end,
            case when a.aggkind = 'h' then 'HYPOTHETICAL' end,
            case p.proparallel when 's' then 'PARALLEL = SAFE'
                when 'r' then 'PARALLEL = RESTRICTED' end
        ) || ')'
    end as definition,
    0 as position, p.hint
from program p
join pg_aggregate a on a.aggfnoid = p.oid
where p.prokind = 'a'
