-- What of a schema holds what some routines gave: directly, through the routines, operators,
-- classes and views between, and through what the text of bodies calls, which only the caller
-- knows.
with recursive start as (
    select p.oid
    from pg_proc p
    join pg_namespace n on n.oid = p.pronamespace
    where n.nspname = %(schema)s and p.oid::regprocedure::text = any (%(routines)s::text[])
),
call as (
    select * from unnest(%(callers)s::oid[], %(called)s::oid[]) c (caller, called)
),
found (classid, objid, objsubid) as (
    select 'pg_proc'::regclass::oid, oid, 0 from start
    union
    select next.classid, next.objid, next.objsubid
    from found f
    cross join lateral (
        select d.classid, d.objid, d.objsubid
        from pg_depend d
        where d.refclassid = f.classid and d.refobjid = f.objid
            and (f.objsubid = 0 or d.refobjsubid = f.objsubid)
            and (
                f.classid = 'pg_class'::regclass::oid and d.classid = 'pg_rewrite'::regclass::oid
                or f.classid <> 'pg_class'::regclass::oid and d.classid in (
                    'pg_proc'::regclass::oid, 'pg_operator'::regclass::oid,
                    'pg_opclass'::regclass::oid, 'pg_amproc'::regclass::oid,
                    'pg_amop'::regclass::oid, 'pg_attrdef'::regclass::oid,
                    'pg_constraint'::regclass::oid, 'pg_class'::regclass::oid,
                    'pg_rewrite'::regclass::oid
                )
            )
        union all
        select 'pg_proc'::regclass::oid, c.caller, 0
        from call c
        where f.classid = 'pg_proc'::regclass::oid and c.called = f.objid
        union all
        -- The class of operators that an operator or a function is a member of.
        select d.refclassid, d.refobjid, 0
        from pg_depend d
        where f.classid in ('pg_amproc'::regclass::oid, 'pg_amop'::regclass::oid)
            and d.classid = f.classid and d.objid = f.objid
            and d.refclassid in ('pg_opclass'::regclass::oid, 'pg_opfamily'::regclass::oid)
        union all
        -- A view is what its rule makes, and a computed column what its expression makes.
        select 'pg_class'::regclass::oid, w.ev_class, 0
        from pg_rewrite w
        where f.classid = 'pg_rewrite'::regclass::oid and w.oid = f.objid and w.rulename = '_RETURN'
        union all
        select 'pg_class'::regclass::oid, g.adrelid, g.adnum
        from pg_attrdef g
        join pg_attribute a
            on a.attrelid = g.adrelid and a.attnum = g.adnum and a.attgenerated <> ''
        where f.classid = 'pg_attrdef'::regclass::oid and g.oid = f.objid
    ) next
),
relation as (
    select c.oid, quote_ident(c.relname::text) as name, c.relkind, c.relfilenode, c.relispopulated
    from pg_namespace n join pg_class c on c.relnamespace = n.oid
    where n.nspname = %(schema)s
)
-- Kind, name, what tells whether it is still what it was, table, definition, a column that it is
-- computed from.
select 'index', r.name, r.oid::text || '/'::text || r.relfilenode::text, null, null, null
from found f join relation r on f.classid = 'pg_class'::regclass::oid and r.oid = f.objid
where r.relkind = 'i' and f.objsubid = 0
union all
select 'materialized view', r.name, r.oid::text || '/'::text || r.relfilenode::text,
    null, null, null
from found f join relation r on f.classid = 'pg_class'::regclass::oid and r.oid = f.objid
where r.relkind = 'm' and r.relispopulated and f.objsubid = 0
union all
select 'partition key', r.name, r.oid::text || '/'::text || r.relfilenode::text, null, null, null
from found f join relation r on f.classid = 'pg_class'::regclass::oid and r.oid = f.objid
where r.relkind = 'p' and f.objsubid = 0
union all
select case when a.attgenerated = 's' then 'column' else 'default' end,
    quote_ident(a.attname::text),
    d.oid::text, r.name, -- to write the table anew computes no column again
    pg_get_expr(d.adbin, d.adrelid), (
        select quote_ident(b.attname::text)
        from pg_depend p
        join pg_attribute b on b.attrelid = p.refobjid and b.attnum = p.refobjsubid
        where p.classid = 'pg_attrdef'::regclass::oid and p.objid = d.oid
            and p.refclassid = 'pg_class'::regclass::oid and p.refobjid = d.adrelid
            and p.refobjsubid not in (0, d.adnum) and b.attgenerated = ''
        order by p.refobjsubid
        limit 1
    )
from found f
join pg_attrdef d on f.classid = 'pg_attrdef'::regclass::oid and d.oid = f.objid
join relation r on r.oid = d.adrelid
join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
where a.attgenerated in ('', 's') and r.relkind in ('r', 'p')
    -- Of what is another value each time, nobody expects rows to keep it.
    and (a.attgenerated = 's' or not exists (
        select
        from pg_depend p
        join pg_proc v on v.oid = p.refobjid and v.provolatile = 'v'
        where p.classid = 'pg_attrdef'::regclass::oid and p.objid = d.oid
            and p.refclassid = 'pg_proc'::regclass::oid
    ))
union all
select 'constraint', quote_ident(c.conname::text), c.oid::text, r.name, pg_get_constraintdef(c.oid),
    null
from found f
join pg_constraint c on f.classid = 'pg_constraint'::regclass::oid and c.oid = f.objid
join relation r on r.oid = c.conrelid
where c.contype = 'c' and c.convalidated and c.coninhcount = 0
union all
select 'domain constraint', quote_ident(c.conname::text), c.oid::text, quote_ident(t.typname::text),
    pg_get_constraintdef(c.oid), null
from found f
join pg_constraint c on f.classid = 'pg_constraint'::regclass::oid and c.oid = f.objid
join pg_type t on t.oid = c.contypid
join pg_namespace n on n.oid = t.typnamespace and n.nspname = %(schema)s
where c.convalidated
