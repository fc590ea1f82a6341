select m.schema, quote_ident(s.stxname) as name, quote_ident(c.relname) as owner,
    case when set_config('search_path', m.path, true) <> '' then
        substr(pg_get_statisticsobjdef(s.oid), 1 + length(
            'CREATE STATISTICS ' || quote_ident(m.nspname) || '.' || quote_ident(s.stxname)
            || ' '
        ))
    end as definition,
    0 as position
from member m
join pg_statistic_ext s on s.oid = m.objid
join pg_class c on c.oid = s.stxrelid
where m.classid = 'pg_statistic_ext'::regclass
