-- The routines of a schema that a validator can look at: oid, name, body, validator, the settings
-- that it runs under. Without those of extensions, and aggregates, whose body is a stand-in.
select p.oid, quote_ident(p.proname) || '(' || oidvectortypes(p.proargtypes) || ')', p.prosrc,
    quote_ident(s.nspname) || '.' || quote_ident(v.proname), coalesce(p.proconfig, '{}')
from pg_namespace n
join pg_proc p on p.pronamespace = n.oid
join pg_language l on l.oid = p.prolang
join pg_proc v on v.oid = l.lanvalidator
join pg_namespace s on s.oid = v.pronamespace
where n.nspname = %(schema)s and p.prokind <> 'a' and not exists (
    select
    from pg_depend d
    where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e'
)
order by p.oid
