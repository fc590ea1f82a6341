select r.schema,
    'TABLE ' || r.name || ' (' || quote_ident(a.attname) || ') TO ' || g.grantee
    || case when g.grantable then ' WITH GRANT OPTION' else '' end as name,
    r.name as owner, g.privileges as definition, a.attnum as position
from relation r
join pg_attribute a
    on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped and a.attacl is not null
    and is_managed(pg_class, a.attrelid, a.attnum)
cross join lateral (
    select
        case x.grantee when 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(x.grantee)) end
            as grantee,
        x.is_grantable as grantable,
        string_agg(
            x.privilege_type || ' (' || quote_ident(a.attname) || ')', ', '
            order by x.privilege_type
        ) as privileges
    from aclexplode(a.attacl) x
    group by x.grantee, x.is_grantable
) g
