-- needs m
select r.schema, r.name, r.name as owner, 'WITH NO DATA' as definition, 0 as position
from relation r
where r.relkind = 'm' and not r.relispopulated
