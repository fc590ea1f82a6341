-- Roles that have rights on all tables of tenants, but by default none on what this role creates
-- there: role, in how many of the tenants, the first of these. Partitions are read through their
-- tables. Most tables of a tenant have the same grants: only different ones are taken apart.
set local jit = off;
with me as materialized (
    select r.oid from pg_roles r where r.rolname = current_user
),
tenant as materialized (
    select n.oid, n.nspname, n.nspowner
    from pg_namespace n
    where n.nspname = any (%(schemas)s) and has_schema_privilege(n.oid, 'CREATE')
),
kept as materialized (
    select c.relnamespace, c.relowner, c.relacl
    from tenant t
    join pg_class c on c.relnamespace = t.oid
    where c.relkind in ('r', 'p') and not c.relispartition
    group by 1, 2, 3
),
granted as materialized (
    select k.relnamespace, count(*) as number
    from kept k
    group by 1
    having bool_and(k.relacl is not null)
)
select case h.grantee when 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(h.grantee)) end,
    count(*), min(t.nspname::text collate "C"), quote_ident(current_user)
from (
    select k.relnamespace, e.grantee
    from granted g
    join kept k on k.relnamespace = g.relnamespace
    cross join lateral (
        select distinct x.grantee from aclexplode(k.relacl) x where x.grantee <> k.relowner
    ) e
    group by k.relnamespace, e.grantee, g.number
    having count(*) = g.number
) h
join tenant t on t.oid = h.relnamespace
cross join me
left join pg_roles r on r.oid = h.grantee
where h.grantee not in (me.oid, t.nspowner) and r.rolsuper is not true
    and not exists (
        select
        from pg_default_acl d
        cross join lateral aclexplode(d.defaclacl) x
        where d.defaclrole = me.oid and d.defaclobjtype = 'r'
            and d.defaclnamespace in (0, t.oid) and x.grantee = h.grantee
    )
group by h.grantee
order by 2 desc, 1
