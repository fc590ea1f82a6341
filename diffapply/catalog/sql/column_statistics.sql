select a.schema, a.name, a.relation as owner,
    a.attstattarget::text as definition,
    a.attnum as position
from attribute a
where a.attstattarget >= 0 and a.relkind in ('r', 'p', 'f', 'm')
