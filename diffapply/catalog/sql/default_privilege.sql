select s.oid as schema,
    'FOR ROLE ' || quote_ident(pg_get_userbyid(d.defaclrole)) || ' ON ' || k.objects || ' TO '
    || g.grantee || case when g.grantable then ' WITH GRANT OPTION' else '' end as name,
    'default privileges' as owner, g.privileges as definition, 0 as position
from schema s
join pg_default_acl d on d.defaclnamespace = s.oid
cross join lateral (
    select case d.defaclobjtype
        when 'r' then 'TABLES' when 'S' then 'SEQUENCES' when 'f' then 'ROUTINES' else 'TYPES'
    end as objects
) k
cross join lateral (
    select
        case x.grantee when 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(x.grantee)) end
            as grantee,
        x.is_grantable as grantable,
        string_agg(x.privilege_type, ', ' order by x.privilege_type) as privileges
    from aclexplode(d.defaclacl) x
    group by x.grantee, x.is_grantable
) g
