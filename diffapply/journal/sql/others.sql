-- Which strangers have a hand in the journal: 1, owns the schema or a
-- table in it, which lets code run in whoever reads it; 2, may make triggers or tables there, which
-- run in whoever writes it; 3, may write what it says. 0, nobody's: that there is a journal.
with journal as (
    select n.oid, n.nspowner, n.nspacl from pg_namespace n where n.nspname = 'diffapply'
),
-- An index leads from a schema to what depends on it, none to its relations.
relation as (
    select c.oid, c.relowner, c.relacl
    from journal j
    join pg_depend d on d.refclassid = 'pg_namespace'::regclass and d.refobjid = j.oid
        and d.classid = 'pg_class'::regclass
    join pg_class c on c.oid = d.objid
),
hand (role, how) as (
    select j.nspowner, 1 from journal j
    union all
    select r.relowner, 1 from relation r
    union all
    select a.grantee, 2
    from journal j cross join aclexplode(j.nspacl) a
    where a.privilege_type = 'CREATE'
    union all
    select a.grantee, case a.privilege_type when 'TRIGGER' then 2 else 3 end
    from relation r cross join aclexplode(r.relacl) a
    where a.privilege_type in ('INSERT', 'UPDATE', 'TRIGGER')
    union all
    select a.grantee, 3
    from relation r
    join pg_attribute t on t.attrelid = r.oid
    cross join aclexplode(t.attacl) a
    where a.privilege_type in ('INSERT', 'UPDATE')
)
select coalesce(r.rolname::text, 'PUBLIC'), min(h.how)
from (select h.role, min(h.how) as how from hand h group by h.role) h
left join pg_roles r on r.oid = h.role
where h.role = 0 or (
{stranger}
)
group by 1
union all
select '', 0 from journal
order by 1
