select r.schema, r.name, r.name as owner,
    case r.relreplident
        when 'f' then 'FULL'
        when 'n' then 'NOTHING'
        else 'USING INDEX ' || quote_ident(x.relname)
    end as definition,
    0 as position
from relation r
left join pg_index i on i.indrelid = r.oid and i.indisreplident
left join pg_class x on x.oid = i.indexrelid
where r.relkind in ('r', 'p', 'm')
    and (r.relreplident in ('f', 'n') or (r.relreplident = 'i' and x.oid is not null))
