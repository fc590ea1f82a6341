select i.schema, i.name || '.' || a.attnum as name, i.relation as owner,
    a.attstattarget::text as definition, 0 as position
from index i
join pg_attribute a on a.attrelid = i.indexrelid and a.attstattarget >= 0
where i.has_expressions -- elsewhere the table's column has it
