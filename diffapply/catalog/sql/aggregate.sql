select m.schema, n.name, n.name as owner,
    case when set_config('search_path', m.path, true) <> '' then
        '(' || pg_get_function_arguments(p.oid) || ') (' || concat_ws(
            ', ',
            'SFUNC = ' || a.aggtransfn::regproc,
            'STYPE = ' || format_type(a.aggtranstype, null),
            case when a.aggtransspace <> 0 then 'SSPACE = ' || a.aggtransspace end,
            case when a.aggfinalfn <> 0 then 'FINALFUNC = ' || a.aggfinalfn::regproc end,
            case when a.aggfinalextra then 'FINALFUNC_EXTRA' end,
            case when a.aggfinalfn <> 0 then 'FINALFUNC_MODIFY = ' || case a.aggfinalmodify
                when 'r' then 'READ_ONLY' when 's' then 'SHAREABLE' else 'READ_WRITE' end
            end,
            case when a.aggcombinefn <> 0 then 'COMBINEFUNC = ' || a.aggcombinefn::regproc end,
            case when a.aggserialfn <> 0 then 'SERIALFUNC = ' || a.aggserialfn::regproc end,
            case when a.aggdeserialfn <> 0 then
                'DESERIALFUNC = ' || a.aggdeserialfn::regproc
            end,
            'INITCOND = ' || quote_literal(a.agginitval),
            case when a.aggmtransfn <> 0 then 'MSFUNC = ' || a.aggmtransfn::regproc end,
            case when a.aggminvtransfn <> 0 then
                'MINVFUNC = ' || a.aggminvtransfn::regproc
            end,
            case when a.aggmtranstype <> 0 then
                'MSTYPE = ' || format_type(a.aggmtranstype, null)
            end,
            case when a.aggmtransspace <> 0 then 'MSSPACE = ' || a.aggmtransspace end,
            case when a.aggmfinalfn <> 0 then 'MFINALFUNC = ' || a.aggmfinalfn::regproc end,
            case when a.aggmfinalextra then 'MFINALFUNC_EXTRA' end,
            case when a.aggmfinalfn <> 0 then 'MFINALFUNC_MODIFY = ' || case a.aggmfinalmodify
                when 'r' then 'READ_ONLY' when 's' then 'SHAREABLE' else 'READ_WRITE' end
            end,
            'MINITCOND = ' || quote_literal(a.aggminitval),
            case when a.aggsortop <> 0 then 'SORTOP = ' || (
                select 'OPERATOR(' || quote_ident(ns.nspname) || '.' || o.oprname || ')'
                from pg_operator o join pg_namespace ns on ns.oid = o.oprnamespace
                where o.oid = a.aggsortop
            ) end,
            case when a.aggkind = 'h' then 'HYPOTHETICAL' end,
            case p.proparallel when 's' then 'PARALLEL = SAFE'
                when 'r' then 'PARALLEL = RESTRICTED' end
        ) || ')'
    end as definition,
    0 as position
from member m
join pg_proc p on p.oid = m.objid and p.prokind = 'a'
join pg_aggregate a on a.aggfnoid = p.oid
cross join lateral (
    select case when set_config('search_path', m.path, true) <> '' then
        p.oid::regprocedure::text
    end as name
) n
where m.classid = 'pg_proc'::regclass
