-- Kind, name, table, how many of the schemas have it, and the first of these: for kinds that a
-- desired state need not speak of. It names no definitions, so that one query serves thousands of
-- schemas. What has the schema's own name in its name is left out: no two tenants have it alike.
with schema as materialized (
    select oid, nspname, quote_ident(nspname) || '.' as prefix
    from pg_namespace where nspname = any (%(schemas)s)
),
relation as materialized (
    select s.nspname, c.oid, quote_ident(c.relname) as name, c.relkind, c.relrowsecurity,
        c.relforcerowsecurity, c.reloptions
    from pg_class c
    join schema s on s.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'm', 'f')
)
select o.kind, o.name, o.of_table, count(*), min(o.nspname::text)
from (
    select r.nspname, 'trigger' as kind, r.name || '.' || quote_ident(t.tgname) as name,
        r.name as of_table
    from pg_trigger t
    join relation r on r.oid = t.tgrelid
    where not t.tgisinternal and t.tgparentid = 0
    union all
    select r.nspname, 'policy', r.name || '.' || quote_ident(p.polname), r.name
    from pg_policy p
    join relation r on r.oid = p.polrelid
    union all
    select r.nspname, 'rule', r.name || '.' || quote_ident(w.rulename), r.name
    from pg_rewrite w
    join relation r on r.oid = w.ev_class
    where w.rulename <> '_RETURN'
    union all
    select r.nspname, 'row security', r.name, r.name
    from relation r where r.relrowsecurity
    union all
    select r.nspname, 'forced row security', r.name, r.name
    from relation r where r.relforcerowsecurity
    union all
    select r.nspname, 'storage parameters', r.name, r.name
    from relation r where r.reloptions is not null and r.relkind in ('r', 'p')
    union all
    select r.nspname, case r.relkind when 'v' then 'view' else 'materialized view' end, r.name,
        null
    from relation r
    where r.relkind in ('v', 'm') and not exists (
        select from pg_depend d
        where d.classid = 'pg_class'::regclass and d.objid = r.oid and d.deptype = 'e'
    )
    union all
    select s.nspname, 'extended statistics', quote_ident(e.stxname), null
    from pg_statistic_ext e
    join schema s on s.oid = e.stxnamespace
    union all
    select s.nspname, case p.prokind when 'a' then 'aggregate' else 'routine' end,
        quote_ident(p.proname)
        || '(' || replace(replace(oidvectortypes(p.proargtypes), ', ', ','), s.prefix, '') || ')',
        null
    from pg_proc p
    join schema s on s.oid = p.pronamespace
    where not exists (
        select from pg_depend d
        where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype in ('e', 'i')
    )
) o
where strpos(o.name, o.nspname) = 0
group by o.kind, o.name, o.of_table
