-- Whether the function is there, may be called, is what we made, and belongs to nobody who could
-- make it another one. In a caller's session: nothing here may mean an object of a tenant.
select pg_catalog.count(*)
from pg_catalog.pg_proc p
join pg_catalog.pg_namespace n on n.oid operator(pg_catalog.=) p.pronamespace
join pg_catalog.pg_language l on l.oid operator(pg_catalog.=) p.prolang
where n.nspname operator(pg_catalog.=) 'diffapply'::pg_catalog.name
    and p.proname operator(pg_catalog.=) {name}::pg_catalog.name
    and l.lanname operator(pg_catalog.=) 'plpgsql'::pg_catalog.name
    and pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(p.prosrc, 'UTF8')), 'hex')
        operator(pg_catalog.=) {body}::pg_catalog.text
    and p.proconfig operator(pg_catalog.=) {settings}::pg_catalog.text[]
    and not p.prosecdef
    and pg_catalog.has_schema_privilege(n.oid, 'usage')
    and pg_catalog.has_function_privilege(p.oid, 'execute')
    and exists (
        select from pg_catalog.pg_roles o
        where o.oid operator(pg_catalog.=) p.proowner
            and (o.rolsuper or pg_catalog.pg_has_role(o.oid, 'usage'))
    )
