-- What the role gives to whatever it creates in this database, by class of object: what is set, or
-- else what PostgreSQL gives. Without the role's own.
select k.class, k.objects, g.grantee, g.option, g.privileges
from (
    values ('r'::"char", 'relation', 'TABLES'), ('S', 'sequence', 'SEQUENCES'),
        ('f', 'routine', 'ROUTINES'), ('T', 'type', 'TYPES')
) k (type, class, objects)
join pg_roles r on r.rolname = current_user
left join pg_default_acl d
    on d.defaclrole = r.oid and d.defaclnamespace = 0 and d.defaclobjtype = k.type
cross join lateral (
    select case x.grantee when 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(x.grantee)) end,
        case when x.is_grantable then ' WITH GRANT OPTION' else '' end,
        string_agg(x.privilege_type, ', ' order by x.privilege_type)
    from aclexplode(
        coalesce(d.defaclacl, acldefault(case k.type when 'S' then 's' else k.type end, r.oid))
    ) x
    where x.grantee <> r.oid
    group by x.grantee, x.is_grantable
) g (grantee, option, privileges)
order by 1, 3, 4
