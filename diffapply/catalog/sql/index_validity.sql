select i.schema, i.name, i.relation as owner, 'INVALID' as definition, 0 as position
from index i
where not i.indisvalid
