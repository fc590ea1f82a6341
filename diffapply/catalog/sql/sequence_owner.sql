select r.schema, r.name, quote_ident(t.relname) as owner,
    quote_ident(t.relname) || '.' || quote_ident(a.attname) as definition, 0 as position
from relation r
join pg_depend d
    on d.classid = 'pg_class'::regclass and d.objid = r.oid and d.objsubid = 0
    and d.refclassid = 'pg_class'::regclass and d.refobjsubid > 0 and d.deptype = 'a'
join pg_class t on t.oid = d.refobjid
join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
where r.relkind = 'S'
