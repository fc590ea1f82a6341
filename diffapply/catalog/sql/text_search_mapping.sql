-- needs pg_ts_config
-- Which dictionaries a text search configuration asks for a kind of token.
select m.schema, quote_ident(x.cfgname) || '.' || quote_ident(k.alias) as name,
    quote_ident(x.cfgname) as owner,
    string_agg(
        case when set_config('search_path', m.path, true) <> '' then
            case when pg_ts_dict_is_visible(d.oid) then '' else quote_ident(n.nspname) || '.' end
            || quote_ident(d.dictname)
        end, ', ' order by a.mapseqno
    ) as definition,
    0 as position
from member m
join pg_ts_config x on x.oid = m.objid
join pg_ts_config_map a on a.mapcfg = x.oid
join pg_ts_dict d on d.oid = a.mapdict
join pg_namespace n on n.oid = d.dictnamespace
cross join lateral ts_token_type(x.cfgparser) k
where m.classid = 'pg_ts_config'::regclass and k.tokid = a.maptokentype
group by m.schema, m.path, x.cfgname, k.alias
