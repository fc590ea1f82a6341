-- needs pg_conversion
select m.schema, quote_ident(c.conname) as name, quote_ident(c.conname) as owner,
    case when set_config('search_path', m.path, true) <> '' then
        case when c.condefault then 'DEFAULT ' else '' end || 'FOR '
        || quote_literal(pg_encoding_to_char(c.conforencoding)) || ' TO '
        || quote_literal(pg_encoding_to_char(c.contoencoding)) || ' FROM '
        || case when pg_function_is_visible(p.oid) then '' else quote_ident(n.nspname) || '.' end
        || quote_ident(p.proname)
    end as definition,
    0 as position
from member m
join pg_conversion c on c.oid = m.objid
join pg_proc p on p.oid = c.conproc
join pg_namespace n on n.oid = p.pronamespace
where m.classid = 'pg_conversion'::regclass
