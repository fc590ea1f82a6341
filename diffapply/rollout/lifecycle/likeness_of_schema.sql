-- Statements that give a new schema the grants and the owner of another one; if that one exists,
-- there is at least one, which does nothing. First what others have by default is revoked. The
-- owner comes last, and what the owner may do goes with it.
with like_it as (
    select n.oid, n.nspowner as owner, coalesce(n.nspacl, acldefault('n', n.nspowner)) as acl
    from pg_namespace n
    where n.nspname = %(like)s
),
new as (
    select n.oid, n.nspname as name, n.nspowner as owner,
        coalesce(n.nspacl, acldefault('n', n.nspowner)) as acl
    from pg_namespace n
    where n.nspname = %(tenant)s
)
select s.statement
from (
    select 0 as rank, format('REVOKE ALL ON SCHEMA %%I FROM %%s', n.name,
        case x.grantee when 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(x.grantee)) end
    ) as statement
    from like_it l, new n
    cross join lateral (
        select distinct e.grantee from aclexplode(n.acl) e where e.grantee <> n.owner
    ) x
    union all
    select 1, format('GRANT %%s ON SCHEMA %%I TO %%s%%s', x.privileges, n.name,
        case x.grantee when 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(x.grantee)) end,
        case when x.is_grantable then ' WITH GRANT OPTION' else '' end)
    from like_it l, new n
    cross join lateral (
        select e.grantee, e.is_grantable,
            string_agg(distinct e.privilege_type, ', ' order by e.privilege_type) as privileges
        from like_it i cross join lateral aclexplode(i.acl) e
        where e.grantee <> i.owner
        group by e.grantee, e.is_grantable
    ) x
    union all
    select 2, format('ALTER SCHEMA %%I OWNER TO %%I', n.name, pg_get_userbyid(l.owner))
    from like_it l, new n
    where l.owner <> n.owner
    union all
    select 3, 'SELECT' from like_it
) s
order by s.rank, s.statement
