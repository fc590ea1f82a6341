select i.schema, i.relation as name, i.relation as owner, 'ON ' || i.name as definition,
    0 as position
from index i
where i.indisclustered
