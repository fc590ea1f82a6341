-- needs pg_ts_dict
select m.schema, quote_ident(x.dictname) as name, quote_ident(x.dictname) as owner,
    case when set_config('search_path', m.path, true) <> '' then '(' || concat_ws(
        ', ',
        'TEMPLATE = '
        || case when pg_ts_template_is_visible(t.oid) then '' else quote_ident(n.nspname) || '.' end
        || quote_ident(t.tmplname),
        x.dictinitoption
    ) || ')' end as definition,
    0 as position
from member m
join pg_ts_dict x on x.oid = m.objid
join pg_ts_template t on t.oid = x.dicttemplate
join pg_namespace n on n.oid = t.tmplnamespace
where m.classid = 'pg_ts_dict'::regclass
