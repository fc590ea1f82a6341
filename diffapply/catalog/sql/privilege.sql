-- Who may do what, the defaults of PostgreSQL included, so that a revoked one is missed. The
-- owner's own are a fact only where they are not all that an owner has by default.
select o.schema,
    o.name || ' TO ' || g.grantee
    || case when g.is_owner then ' AS OWNER' when g.grantable then ' WITH GRANT OPTION' else '' end
        as name,
    o.owner, g.privileges as definition, 0 as position
from (
    select r.schema,
        case r.relkind when 'S' then 'SEQUENCE ' else 'TABLE ' end || r.name as name,
        r.name as owner, c.relowner as role, c.relacl as acl,
        acldefault(case r.relkind when 'S' then 's' else 'r' end::"char", c.relowner) as defaults
    from relation r
    join pg_class c on c.oid = r.oid
    union all
    select m.schema, 'TYPE ' || quote_ident(t.typname), quote_ident(t.typname), t.typowner,
        t.typacl, acldefault('T', t.typowner)
    from member m
    join pg_type t on t.oid = m.objid
    where m.classid = 'pg_type'::regclass
    union all
    select m.schema, case p.prokind when 'p' then 'PROCEDURE ' else 'FUNCTION ' end || n.name,
        n.name, p.proowner, p.proacl, acldefault('f', p.proowner)
    from member m
    join pg_proc p on p.oid = m.objid
    cross join lateral (
        select case when set_config('search_path', m.path, true) <> '' then
            p.oid::regprocedure::text
        end as name
    ) n
    where m.classid = 'pg_proc'::regclass
) o
cross join lateral (
    select
        case a.grantee when 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(a.grantee)) end
            as grantee,
        a.grantable,
        coalesce(string_agg(a.privilege_type, ', ' order by a.privilege_type), 'NOTHING')
            as privileges,
        a.grantee = o.role as is_owner,
        a.grantee = o.role and not exists (
            select d.privilege_type
            from aclexplode(o.defaults) d
            where d.grantee = o.role
            except
            select e.privilege_type
            from aclexplode(coalesce(o.acl, o.defaults)) e
            where e.grantee = o.role
        ) as is_default
    from (
        -- An owner can grant whatever it likes, with the option or without.
        select e.grantee, e.privilege_type, e.is_grantable and e.grantee <> o.role as grantable
        from aclexplode(coalesce(o.acl, o.defaults)) e
        union all
        -- An owner from whom everything was taken.
        select o.role, null, false
        where not exists (
            select from aclexplode(coalesce(o.acl, o.defaults)) e where e.grantee = o.role
        )
    ) a
    group by a.grantee, a.grantable
) g
where not g.is_default
