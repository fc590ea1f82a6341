-- What hands strangers have in the journal: 1, owns the schema or a table in it, which lets code
-- run in whoever reads it; 2, may make triggers or tables there, which run in whoever writes it; 3,
-- may write what it says. 0, nobody's: that there is a journal. A role that is null is everybody.
with journal as (
    select n.oid, n.nspowner, n.nspacl from pg_namespace n where n.nspname = 'diffapply'
),
-- An index leads from a schema to what depends on it, none to its relations.
relation as (
    select c.oid, c.relowner, c.relacl,
        case c.relkind when 'S' then 'SEQUENCE ' else '' end
            || 'diffapply.' || quote_ident(c.relname) as what
    from journal j
    join pg_depend d on d.refclassid = 'pg_namespace'::regclass and d.refobjid = j.oid
        and d.classid = 'pg_class'::regclass
    join pg_class c on c.oid = d.objid
),
hand (role, how, "right", what) as (
    select j.nspowner, 1, '', 'SCHEMA diffapply' from journal j
    union
    select r.relowner, 1, '', r.what from relation r
    union
    select a.grantee, 2, a.privilege_type, 'SCHEMA diffapply'
    from journal j cross join aclexplode(j.nspacl) a
    where a.privilege_type = 'CREATE'
    union
    select a.grantee, case a.privilege_type when 'TRIGGER' then 2 else 3 end, a.privilege_type,
        r.what
    from relation r cross join aclexplode(r.relacl) a
    where a.privilege_type in ('INSERT', 'UPDATE', 'TRIGGER')
    union
    select a.grantee, 3, a.privilege_type, r.what
    from relation r
    join pg_attribute t on t.attrelid = r.oid
    cross join aclexplode(t.attacl) a
    where a.privilege_type in ('INSERT', 'UPDATE')
),
strange as materialized (
    select h.role, r.rolname
    from (select distinct h.role from hand h) h
    left join pg_roles r on r.oid = h.role
    where h.role = 0 or (
{stranger}
    )
)
select s.rolname::text as role, h.how,
    h."right" collate "C" as "right", h.what collate "C" as what
from strange s
join hand h on h.role = s.role
union all
select null, 0, '', '' from journal
order by how, role nulls first, "right", what
