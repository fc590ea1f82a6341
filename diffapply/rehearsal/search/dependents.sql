-- What keeps objects of a schema from being changed or dropped, directly or through others, as
-- facts name it. Only what can be dropped and created again without losing data. What depends
-- automatically is in nobody's way, as PostgreSQL takes care of it, unless that is asked for.
with recursive schema as (
    select n.oid from pg_namespace n where n.nspname = %(schema)s
),
relation as (
    select c.oid, quote_ident(c.relname::text) as name
    from schema s join pg_class c on c.relnamespace = s.oid
),
asked as materialized (
    select * from unnest(%(kinds)s::text[], %(names)s::text[])
        with ordinality u (kind, name, number)
),
start (number, classid, objid, objsubid) as (
    -- A column; of all else the whole.
    select q.number, 'pg_class'::regclass, r.oid, a.attnum
    from asked q
    join relation r on q.name ^@ (r.name || '.')
    join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
    where q.kind in ('column', 'default', 'not null', 'identity')
        and r.name || '.' || quote_ident(a.attname::text) = q.name
    union all
    select q.number, 'pg_class'::regclass, r.oid, 0 from asked q join relation r on r.name = q.name
    union all
    select q.number, x.classid, x.objid, 0
    from asked q
    join relation r on q.name ^@ (r.name || '.')
    join pg_constraint c on c.conrelid = r.oid
    cross join lateral (
        values ('pg_constraint'::regclass, c.oid), ('pg_class'::regclass, c.conindid)
    ) x (classid, objid)
    where q.kind = 'constraint' and r.name || '.' || quote_ident(c.conname::text) = q.name
        and c.contype <> 'f'
    union all
    select q.number, 'pg_type'::regclass, t.oid, 0
    from asked q
    cross join schema s
    join pg_type t on t.typnamespace = s.oid and quote_ident(t.typname::text) = q.name
    union all
    select q.number, 'pg_proc'::regclass, p.oid, 0
    from asked q
    cross join schema s
    join pg_proc p on p.pronamespace = s.oid and p.oid::regprocedure::text = q.name
    union all
    select q.number, 'pg_operator'::regclass, o.oid, 0
    from asked q
    cross join schema s
    join pg_operator o on o.oprnamespace = s.oid
    where q.kind = 'operator' and o.oid::regoperator::text = q.name
    union all
    select q.number, 'pg_collation'::regclass, c.oid, 0
    from asked q
    cross join schema s
    join pg_collation c on c.collnamespace = s.oid
    where q.kind = 'collation' and quote_ident(c.collname::text) = q.name
    union all
    select q.number, 'pg_opclass'::regclass, c.oid, 0
    from asked q
    cross join schema s
    join pg_opclass c on c.opcnamespace = s.oid
    join pg_am am on am.oid = c.opcmethod
    where quote_ident(c.opcname::text) || ' USING ' || quote_ident(am.amname::text) = q.name
    union all
    select q.number, 'pg_opfamily'::regclass, f.oid, 0
    from asked q
    cross join schema s
    join pg_opfamily f on f.opfnamespace = s.oid
    join pg_am am on am.oid = f.opfmethod
    where quote_ident(f.opfname::text) || ' USING ' || quote_ident(am.amname::text) = q.name
),
-- Since November 2026 a table is not rewritten while a routine's body or default uses its row
-- type. The servers with that rule are those that give columns a pg_attver.
row_type_user as (
    select q.number, p.oid
    from asked q
    join relation r on q.name ^@ (r.name || '.')
    join pg_class c on c.oid = r.oid
    join pg_type t on t.oid = c.reltype
    join pg_depend d on d.refclassid = 'pg_type'::regclass and d.refobjid in (t.oid, t.typarray)
    join pg_proc p on d.classid = 'pg_proc'::regclass and p.oid = d.objid
    where (p.prosqlbody is not null or p.proargdefaults is not null)
        and q.kind in ('column', 'identity')
        and exists (
            select from pg_attribute a
            where a.attrelid = r.oid and a.attoptions::text like '%%pg_attver=%%'
        )
),
found as (
    select number, classid::oid, objid, objsubid from start
    union
    select number, 'pg_proc'::regclass, oid, 0 from row_type_user
    union
    select f.number, next.classid, next.objid, next.objsubid
    from found f
    cross join lateral (
        select d.classid, d.objid, 0 as objsubid
        from pg_depend d
        where d.refclassid = f.classid and d.refobjid = f.objid
            and (f.objsubid = 0 or d.refobjsubid = f.objsubid)
            and not (d.classid = 'pg_class'::regclass and d.objsubid > 0)
            and (
                d.deptype = 'n'
                or %(automatic)s and d.deptype = 'a'
                    and d.classid in ('pg_constraint'::regclass, 'pg_class'::regclass)
                -- A relation has a type of its own, and each type one of its arrays.
                or d.deptype = 'i' and d.classid = 'pg_type'::regclass
                or d.deptype = 'a' and d.classid = 'pg_attrdef'::regclass and exists (
                    select from pg_attrdef g
                    join pg_attribute a
                        on a.attrelid = g.adrelid and a.attnum = g.adnum and a.attgenerated <> ''
                    where g.oid = d.objid
                        and (g.adrelid <> f.objid or g.adnum <> f.objsubid)
                )
            )
        union all
        -- A view is what its rule makes, and a computed column what its expression makes.
        select 'pg_class'::regclass, w.ev_class, 0
        from pg_rewrite w
        where f.classid = 'pg_rewrite'::regclass and w.oid = f.objid and w.rulename = '_RETURN'
        union all
        select 'pg_class'::regclass, g.adrelid, g.adnum
        from pg_attrdef g
        join pg_attribute a
            on a.attrelid = g.adrelid and a.attnum = g.adnum and a.attgenerated <> ''
        where f.classid = 'pg_attrdef'::regclass and g.oid = f.objid
    ) next
),
hanging as (
    select distinct classid, objid, objsubid
    from (
        select number, classid, objid, objsubid from found
        except
        select number, classid, objid, objsubid from start
    ) x
)
select case c.relkind when 'v' then 'view' when 'm' then 'materialized view' else 'index' end,
    quote_ident(c.relname::text), x.objid
from hanging x join pg_class c on x.classid = 'pg_class'::regclass and c.oid = x.objid
where c.relkind in ('v', 'm', 'i', 'I') and x.objsubid = 0
union all
select 'column', quote_ident(c.relname::text) || '.' || quote_ident(a.attname::text), x.objid
from hanging x
join pg_class c on x.classid = 'pg_class'::regclass and c.oid = x.objid
join pg_attribute a on a.attrelid = c.oid and a.attnum = x.objsubid and a.attgenerated <> ''
union all
select 'rule', quote_ident(c.relname::text) || '.' || quote_ident(w.rulename::text), x.objid
from hanging x join pg_rewrite w on x.classid = 'pg_rewrite'::regclass and w.oid = x.objid
join pg_class c on c.oid = w.ev_class
where w.rulename <> '_RETURN'
union all
select 'policy', quote_ident(c.relname::text) || '.' || quote_ident(p.polname::text), x.objid
from hanging x join pg_policy p on x.classid = 'pg_policy'::regclass and p.oid = x.objid
join pg_class c on c.oid = p.polrelid
union all
select 'trigger', quote_ident(c.relname::text) || '.' || quote_ident(t.tgname::text), x.objid
from hanging x join pg_trigger t on x.classid = 'pg_trigger'::regclass and t.oid = x.objid
join pg_class c on c.oid = t.tgrelid
where not t.tgisinternal
union all
select 'constraint', quote_ident(c.relname::text) || '.' || quote_ident(k.conname::text),
    x.objid
from hanging x join pg_constraint k on x.classid = 'pg_constraint'::regclass and k.oid = x.objid
join pg_class c on c.oid = k.conrelid
union all
select 'domain constraint', quote_ident(t.typname::text) || '.' || quote_ident(k.conname::text),
    x.objid
from hanging x join pg_constraint k on x.classid = 'pg_constraint'::regclass and k.oid = x.objid
join pg_type t on t.oid = k.contypid
union all
select 'domain default', quote_ident(t.typname::text), x.objid
from hanging x join pg_type t on x.classid = 'pg_type'::regclass and t.oid = x.objid
where t.typtype = 'd' and t.typdefaultbin is not null
union all
select 'default', quote_ident(c.relname::text) || '.' || quote_ident(a.attname::text), x.objid
from hanging x join pg_attrdef d on x.classid = 'pg_attrdef'::regclass and d.oid = x.objid
join pg_class c on c.oid = d.adrelid
join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum and a.attgenerated = ''
union all
select case p.prokind when 'a' then 'aggregate' else 'routine' end, p.oid::regprocedure::text,
    x.objid
from hanging x join pg_proc p on x.classid = 'pg_proc'::regclass and p.oid = x.objid
union all
select 'extended statistics', quote_ident(s.stxname::text), x.objid
from hanging x
join pg_statistic_ext s on x.classid = 'pg_statistic_ext'::regclass and s.oid = x.objid
union all
select 'operator', o.oid::regoperator::text, x.objid
from hanging x join pg_operator o on x.classid = 'pg_operator'::regclass and o.oid = x.objid
union all
select 'operator class', quote_ident(c.opcname::text) || ' USING ' || quote_ident(am.amname::text),
    x.objid
from hanging x join pg_opclass c on x.classid = 'pg_opclass'::regclass and c.oid = x.objid
join pg_am am on am.oid = c.opcmethod
union all
select 'cast',
    '(' || format_type(c.castsource, null) || ' AS ' || format_type(c.casttarget, null) || ')',
    x.objid
from hanging x join pg_cast c on x.classid = 'pg_cast'::regclass and c.oid = x.objid
