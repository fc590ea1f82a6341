select c.schema, a.tableoid as source, a.ctid as place, a.xmin as writer
from pg_attribute a join with_columns c on c.oid = a.attrelid where a.attnum > 0
