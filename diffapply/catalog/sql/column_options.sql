select a.schema, a.name, a.relation as owner,
    array_to_string(a.attoptions, ', ') as definition,
    a.attnum as position
from attribute a
where a.attoptions is not null and a.relkind in ('r', 'p', 'f', 'm')
