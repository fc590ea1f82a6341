select r.schema, r.name || '.' || quote_ident(w.rulename) as name, r.name as owner,
    case when set_config('search_path', r.path, true) <> '' then
        rtrim(pg_get_ruledef(w.oid, true), ';')
    end as definition,
    0 as position
from relation r
join pg_rewrite w on w.ev_class = r.oid and w.rulename <> '_RETURN'
where r.relhasrules
