-- What stands in a schema and belongs to no extension, as PostgreSQL describes it.
select pg_describe_object(d.classid, d.objid, d.objsubid)
from pg_namespace n
join pg_depend d on d.refclassid = 'pg_namespace'::regclass and d.refobjid = n.oid
where n.nspname = %(schema)s and d.deptype = 'n' and not exists (
    select
    from pg_depend e
    where e.classid = d.classid and e.objid = d.objid and e.deptype = 'e'
)
