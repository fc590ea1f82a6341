-- What in some tenants, and in the schemas that they refer to, runs code with the rights of whoever
-- touches it, and is neither a superuser's nor the tenant's owner's: the first one of each owner.
-- In a tenant that is all that somebody else owns: a table has defaults and checks. Elsewhere it is
-- routines, views and domains: others' plain tables are only read. But to plan a query computes
-- what is constant in a table's indexes, statistics and checks, and so runs the routines in them.
with stranger as materialized (
    select r.oid from pg_roles r where not r.rolsuper
),
place as materialized (
    select n.oid, n.nspname, n.nspname = any ($1) as is_tenant,
        -- Of public, say: the database's owner speaks for it.
        case when o.rolname = 'pg_database_owner' then d.datdba else n.nspowner end as owner
    from pg_namespace n
    join pg_roles o on o.oid = n.nspowner
    join pg_database d on d.datname = current_database()
    where n.nspname = any ($1 || $2)
),
{member}
select f.nspname, r.rolname::text, f.is_tenant,
    pg_describe_object(f.first[2]::oid, f.first[3]::oid, 0)
from (
    select p.nspname, r.oid as role, p.is_tenant,
        -- A routine, if there is one, tells most.
        min(array[(m.classid <> 'pg_proc'::regclass)::int, m.classid, m.objid]::bigint[]) as first
    from place p
    join member m on m.schema = p.oid
    join stranger r on r.oid = m.role
    left join pg_class c on m.classid = 'pg_class'::regclass and c.oid = m.objid
    left join pg_type t on m.classid = 'pg_type'::regclass and t.oid = m.objid
    where case when p.is_tenant then r.oid <> p.owner
        else m.classid = 'pg_proc'::regclass or c.relkind = 'v' or t.typtype = 'd'
            -- Table by table, through indexes.
            or exists (
                select
                from (
                    select 'pg_class'::regclass as classid, i.indexrelid as objid
                    from pg_index i where i.indrelid = c.oid
                    union all
                    select 'pg_statistic_ext'::regclass, s.oid
                    from pg_statistic_ext s where s.stxrelid = c.oid
                    union all
                    select 'pg_constraint'::regclass, k.oid
                    from pg_constraint k where k.conrelid = c.oid and k.contype = 'c'
                ) x
                join pg_depend d
                    on d.classid = x.classid and d.objid = x.objid
                    and d.refclassid in ('pg_proc'::regclass, 'pg_operator'::regclass)
                left join pg_operator o
                    on d.refclassid = 'pg_operator'::regclass and o.oid = d.refobjid
                join pg_proc u on u.oid = coalesce(o.oprcode::oid, d.refobjid)
                join stranger t on t.oid = u.proowner
            ) end
    group by p.nspname, r.oid, p.is_tenant
) f
join pg_roles r on r.oid = f.role
where {condition}
union all
select p.nspname, o.rolname::text, p.is_tenant, null
from place p
join pg_roles o on o.oid = p.owner
where p.is_tenant and not o.rolsuper
