select a.schema, a.name, a.relation as owner,
    case a.attcompression when 'p' then 'pglz' when 'l' then 'lz4' end as definition,
    a.attnum as position
from attribute a
where a.attcompression <> '' and a.relkind in ('r', 'p', 'f', 'm')
