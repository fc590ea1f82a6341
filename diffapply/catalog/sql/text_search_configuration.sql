-- needs pg_ts_config
select m.schema, quote_ident(x.cfgname) as name, quote_ident(x.cfgname) as owner,
    case when set_config('search_path', m.path, true) <> '' then
        '(PARSER = '
        || case when pg_ts_parser_is_visible(p.oid) then '' else quote_ident(n.nspname) || '.' end
        || quote_ident(p.prsname) || ')'
    end as definition,
    0 as position
from member m
join pg_ts_config x on x.oid = m.objid
join pg_ts_parser p on p.oid = x.cfgparser
join pg_namespace n on n.oid = p.prsnamespace
where m.classid = 'pg_ts_config'::regclass
