-- Of schemas that the role may create in and that belong to another one: schema, its owner's oid
-- and name, the role, whether that one may give away to the owner what it creates and still has
-- the owner's rights on it, and whether the owner is a superuser. Not those whose owner owns none
-- of the relations in them: there, the tenant belongs to others.
with me as materialized (
    select r.oid from pg_roles r where r.rolname = current_user
),
schema as materialized (
    select n.oid, n.nspname, n.nspowner as owner, r.rolsuper
    from pg_namespace n
    join pg_roles r on r.oid = n.nspowner
    cross join me
    where n.nspname = any (%(schemas)s) and n.nspowner <> me.oid
        and r.rolname <> 'pg_database_owner' and has_schema_privilege(n.oid, 'CREATE')
)
select s.nspname, s.owner::bigint, quote_ident(pg_get_userbyid(s.owner)),
    quote_ident(current_user),
    pg_has_role(s.owner,
        case when current_setting('server_version_num')::integer < 160000
            then 'MEMBER' else 'SET' end)
        and pg_has_role(s.owner, 'USAGE') and has_schema_privilege(s.owner, s.oid, 'CREATE'),
    s.rolsuper
from schema s
cross join lateral (
    select coalesce(bool_or(c.relowner = s.owner), true) as is_its
    from pg_depend d
    join pg_class c on c.oid = d.objid and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
    where d.refclassid = 'pg_namespace'::regclass and d.refobjid = s.oid
        and d.classid = 'pg_class'::regclass
) o
where o.is_its
