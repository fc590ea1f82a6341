-- What depends on an object of a schema, directly or through others, as facts name it. Only what
-- can be dropped and created again without losing data.
with recursive schema as (
    select n.oid from pg_namespace n where n.nspname = %(schema)s
),
start as (
    select 'pg_class'::regclass as classid, c.oid as objid
    from schema s join pg_class c on c.relnamespace = s.oid
    where quote_ident(c.relname) = %(owner)s
    union
    select 'pg_type'::regclass, t.oid
    from schema s join pg_type t on t.typnamespace = s.oid
    where quote_ident(t.typname) = %(owner)s
    union
    select 'pg_proc'::regclass, p.oid
    from schema s join pg_proc p on p.pronamespace = s.oid
    where p.oid::regprocedure::text = %(owner)s
),
found as (
    select classid, objid from start
    union
    select next.classid, next.objid
    from found f
    cross join lateral (
        select d.classid, d.objid
        from pg_depend d
        where d.refclassid = f.classid and d.refobjid = f.objid and d.deptype in ('n', 'a', 'i')
        union all
        -- A view is what its rule makes.
        select 'pg_class'::regclass, w.ev_class
        from pg_rewrite w
        where f.classid = 'pg_rewrite'::regclass and w.oid = f.objid and w.rulename = '_RETURN'
    ) next
),
closure as (
    select classid, objid from found
    except
    select classid, objid from start
)
select case c.relkind when 'v' then 'view' when 'm' then 'materialized view' else 'index' end,
    quote_ident(c.relname)
from closure x join pg_class c on x.classid = 'pg_class'::regclass and c.oid = x.objid
where c.relkind in ('v', 'm', 'i', 'I')
union all
select 'rule', quote_ident(c.relname) || '.' || quote_ident(w.rulename)
from closure x join pg_rewrite w on x.classid = 'pg_rewrite'::regclass and w.oid = x.objid
join pg_class c on c.oid = w.ev_class
where w.rulename <> '_RETURN'
union all
select 'policy', quote_ident(c.relname) || '.' || quote_ident(p.polname)
from closure x join pg_policy p on x.classid = 'pg_policy'::regclass and p.oid = x.objid
join pg_class c on c.oid = p.polrelid
union all
select 'trigger', quote_ident(c.relname) || '.' || quote_ident(t.tgname)
from closure x join pg_trigger t on x.classid = 'pg_trigger'::regclass and t.oid = x.objid
join pg_class c on c.oid = t.tgrelid
where not t.tgisinternal
union all
select 'constraint', quote_ident(c.relname) || '.' || quote_ident(k.conname)
from closure x join pg_constraint k on x.classid = 'pg_constraint'::regclass and k.oid = x.objid
join pg_class c on c.oid = k.conrelid
union all
select 'domain constraint', quote_ident(t.typname) || '.' || quote_ident(k.conname)
from closure x join pg_constraint k on x.classid = 'pg_constraint'::regclass and k.oid = x.objid
join pg_type t on t.oid = k.contypid
union all
select 'default', quote_ident(c.relname) || '.' || quote_ident(a.attname)
from closure x join pg_attrdef d on x.classid = 'pg_attrdef'::regclass and d.oid = x.objid
join pg_class c on c.oid = d.adrelid
join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum and a.attgenerated = ''
union all
select 'routine', p.oid::regprocedure::text
from closure x join pg_proc p on x.classid = 'pg_proc'::regclass and p.oid = x.objid
union all
select 'extended statistics', quote_ident(s.stxname)
from closure x
join pg_statistic_ext s on x.classid = 'pg_statistic_ext'::regclass and s.oid = x.objid
