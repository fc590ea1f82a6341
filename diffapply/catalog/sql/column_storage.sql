select a.schema, a.name, a.relation as owner,
    case a.attstorage
        when 'p' then 'PLAIN' when 'e' then 'EXTERNAL' when 'm' then 'MAIN' else 'EXTENDED'
    end as definition,
    a.attnum as position
from attribute a
where a.attstorage <> a.typstorage and a.relkind in ('r', 'p', 'f', 'm')
