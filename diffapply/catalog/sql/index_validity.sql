-- An index of a partitioned table is as valid as what is attached to it.
select i.schema, i.name, i.relation as owner, 'INVALID' as definition, 0 as position
from index i
where not i.indisvalid and i.relkind = 'i'
