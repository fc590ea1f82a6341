-- needs pg_ts_template
select m.schema, quote_ident(x.tmplname) as name, quote_ident(x.tmplname) as owner,
    case when set_config('search_path', m.path, true) <> '' then '(' || (
        select string_agg(
            v.option || ' = '
            || case when pg_function_is_visible(p.oid) then ''
                else quote_ident(n.nspname) || '.' end
            || quote_ident(p.proname), ', ' order by v.place
        )
        from (values (1, 'INIT', x.tmplinit), (2, 'LEXIZE', x.tmpllexize)) v (place, option, oid)
        join pg_proc p on p.oid = v.oid
        join pg_namespace n on n.oid = p.pronamespace
    ) || ')' end as definition,
    0 as position
from member m
join pg_ts_template x on x.oid = m.objid
where m.classid = 'pg_ts_template'::regclass
