select r.schema, r.name || '.' || quote_ident(w.rulename) as name, r.name as owner,
    case w.ev_enabled
        when 'D' then 'DISABLE' when 'R' then 'ENABLE REPLICA' else 'ENABLE ALWAYS'
    end as definition,
    0 as position
from relation r
join pg_rewrite w on w.ev_class = r.oid and w.rulename <> '_RETURN' and w.ev_enabled <> 'O'
where r.relhasrules and is_managed(pg_rewrite, w.oid)
