-- Of schemas: oid, name, whether the role may use them, two columns for prepared statements; what
-- they have: the relkinds of their relations, the catalogs of their other members.
select n.oid, n.nspname, has_schema_privilege(n.oid, 'usage'), {prepared},
    array(
        select distinct coalesce(c.relkind::text, d.classid::regclass::text)
        from pg_depend d
        left join pg_class c on d.classid = 'pg_class'::regclass and c.oid = d.objid
        where d.refclassid = 'pg_namespace'::regclass and d.refobjid = n.oid and d.deptype = 'n'
        union all
        -- A cast has no schema: that the database has some of its own must do.
        select 'pg_cast' where exists (select from pg_cast where oid >= 16384)
        union all
        select 'pg_default_acl'
        where exists (select from pg_default_acl a where a.defaclnamespace = n.oid)
    )
from pg_namespace n
where n.nspname = any (%(schemas)s)
