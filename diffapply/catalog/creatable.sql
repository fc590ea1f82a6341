-- In which of some schemas strangers may make something: granted, or of no tenant the owner.
select n.nspname
from pg_namespace n
where n.nspname = any (%(schemas)s) and exists (
    select
    from (
        select a.grantee
        from aclexplode(n.nspacl) a
        where a.privilege_type = 'CREATE' and a.grantee <> n.nspowner
        union all
        select n.nspowner where n.nspname <> all (%(tenants)s)
    ) g
    left join pg_roles r on r.oid = g.grantee
    where g.grantee = 0 or (
{stranger}
    )
)
