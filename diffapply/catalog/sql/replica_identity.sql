select r.schema, r.name, r.name as owner,
    case r.relreplident when 'f' then 'FULL' else 'NOTHING' end as definition, 0 as position
from relation r
where r.relkind in ('r', 'p', 'm') and r.relreplident in ('f', 'n')
union all
select i.schema, i.relation, i.relation, 'USING INDEX ' || i.name, 0
from index i
where i.indisreplident
