-- needs pg_ts_parser
select m.schema, quote_ident(x.prsname) as name, quote_ident(x.prsname) as owner,
    case when set_config('search_path', m.path, true) <> '' then '(' || (
        select string_agg(
            v.option || ' = '
            || case when pg_function_is_visible(p.oid) then ''
                else quote_ident(n.nspname) || '.' end
            || quote_ident(p.proname), ', ' order by v.place
        )
        from (
            values (1, 'START', x.prsstart), (2, 'GETTOKEN', x.prstoken), (3, 'END', x.prsend),
                (4, 'LEXTYPES', x.prslextype), (5, 'HEADLINE', x.prsheadline)
        ) v (place, option, oid)
        join pg_proc p on p.oid = v.oid
        join pg_namespace n on n.oid = p.pronamespace
    ) || ')' end as definition,
    0 as position
from member m
join pg_ts_parser x on x.oid = m.objid
where m.classid = 'pg_ts_parser'::regclass
