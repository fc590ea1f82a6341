select c.schema, a.tableoid as source, a.ctid as place, a.xmin as writer
from pg_attribute a join class c on c.oid = a.attrelid where a.attnum > 0
union all
select c.schema, d.tableoid, d.ctid, d.xmin from pg_attrdef d join relation c on c.oid = d.adrelid
