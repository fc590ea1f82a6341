-- Who outside of some tenants hangs on what transitions take from them: tenant, number of what is
-- taken, sort, name and schema of who hangs on it, whether PostgreSQL lets it follow, and whether
-- it is in the tenant, but ignored. Tenants and what is taken say which transition they belong to.
set local jit = off;
with recursive wanted as materialized (
    select row_number() over () as number, w.*
    from jsonb_to_recordset(%(touched)s::jsonb) as w (
        transition int, kind text, name text, part text, change text, sort text
    )
),
tenant as materialized (
    select n.oid, n.nspname, quote_ident(n.nspname) || '.' as prefix, u.transition
    from unnest(%(tenants)s::name[], %(transitions)s::int[]) u (name, transition)
    join pg_namespace n on n.nspname = u.name
),
{ignored}
relation as materialized (
    select t.oid as schema, w.number, w.kind, w.part, w.change, c.oid, c.reltype
    from wanted w
    join tenant t on t.transition = w.transition
    join pg_class c on c.relname = w.name and c.relnamespace = t.oid
    where w.kind in ('relation', 'column', 'constraint')
),
-- A column changes in all that inherit it.
heir (schema, number, part, change, oid, inherits) as (
    select r.schema, r.number, r.part, r.change, r.oid, false
    from relation r
    where r.kind = 'column'
    union
    select h.schema, h.number, h.part, h.change, i.inhrelid, true
    from heir h join pg_inherits i on i.inhparent = h.oid
),
type as materialized (
    select t.oid as schema, w.number, y.oid, y.typarray, y.typrelid
    from wanted w
    join tenant t on t.transition = w.transition
    join pg_type y on y.typname = w.name and y.typnamespace = t.oid
    where w.kind = 'type'
    union all
    -- A row is written anew wherever it is stored, and gone with its table.
    select r.schema, r.number, y.oid, y.typarray, y.typrelid
    from relation r
    join pg_type y on y.oid = r.reltype
    where r.kind = 'relation' or r.change = 'retyped'
),
object as materialized (
    select r.schema, r.number, 'pg_class'::regclass as classid, r.oid as objid, 0 as part,
        r.oid as relation
    from relation r
    where r.kind = 'relation' and r.change <> 'rewritten'
    union all
    select h.schema, h.number, 'pg_class'::regclass, h.oid, a.attnum, h.oid
    from heir h
    join pg_attribute a on a.attrelid = h.oid and a.attname = h.part
    where not h.inherits or h.change = 'retyped' or not a.attislocal
    union all
    select r.schema, r.number, 'pg_constraint'::regclass, k.oid, 0, r.oid
    from relation r
    join pg_constraint k on k.conrelid = r.oid and k.conname = r.part
    where r.kind = 'constraint'
    union all
    select y.schema, y.number, 'pg_type'::regclass, x.oid, 0, y.typrelid
    from type y
    cross join lateral (values (y.oid), (y.typarray)) x (oid)
    where x.oid <> 0
    union all
    select t.oid, w.number, 'pg_proc'::regclass, p.oid, 0, 0
    from wanted w
    join tenant t on t.transition = w.transition
    join pg_proc p on p.proname = w.name and p.pronamespace = t.oid
    where w.kind = 'routine' and replace(oidvectortypes(p.proargtypes), t.prefix, '') = w.part
),
dependent as materialized (
    select o.schema, o.number, o.classid as refclassid, o.objid as refobjid, o.part as refpart,
        d.classid, d.objid, d.objsubid, d.deptype
    from object o
    join wanted w on w.number = o.number
    cross join lateral (
        select d.classid, d.objid, d.objsubid, d.deptype
        from pg_depend d
        where d.refclassid = o.classid and d.refobjid = o.objid
            and (o.part = 0 or d.refobjsubid = o.part)
            and (case
                -- With a table go its partitions, and with a column statistics, wherever they are.
                when w.change in ('dropped', 'anew') then d.deptype = 'n' or d.deptype = 'a'
                    and o.classid = 'pg_class'::regclass and (
                        d.classid = 'pg_statistic_ext'::regclass
                        or d.classid = 'pg_class'::regclass
                            and d.refobjsubid = 0 and d.objsubid = 0
                    )
                when o.classid = 'pg_type'::regclass then
                    d.classid = 'pg_class'::regclass and d.objsubid > 0
                    -- Since November 2026; see dependents.sql.
                    or d.classid = 'pg_proc'::regclass
                        and exists (
                            select from pg_proc p
                            where p.oid = d.objid
                                and (p.prosqlbody is not null or p.proargdefaults is not null)
                        )
                        and exists (
                            select from pg_attribute a
                            where a.attrelid = o.relation
                                and a.attoptions::text like '%%pg_attver=%%'
                        )
                else d.classid in (
                    'pg_rewrite'::regclass, 'pg_policy'::regclass, 'pg_proc'::regclass,
                    'pg_constraint'::regclass, 'pg_publication_rel'::regclass
                )
            end or not is_managed(d.classid, d.objid) and (
                w.change in ('dropped', 'anew')
                or d.classid in ('pg_trigger'::regclass, 'pg_attrdef'::regclass)
            ))
        offset 0  -- by the index: the table is as large as all tenants
    ) d
    union all
    -- A child has its parent's columns, and a partition is a part of its table.
    select o.schema, o.number, o.classid, o.objid, o.part, o.classid, i.inhrelid, a.attnum, 'n'
    from object o
    join wanted w on w.number = o.number
    join pg_inherits i on i.inhparent = o.objid
    join pg_class c on c.oid = i.inhrelid and not c.relispartition
    join pg_attribute p on p.attrelid = o.objid and p.attnum = o.part
    join pg_attribute a on a.attrelid = i.inhrelid and a.attname = p.attname
    where w.kind = 'column' and (w.change <> 'dropped' or not a.attislocal)
    union all
    -- With a table go its columns, which nothing depends on.
    select o.schema, o.number, o.classid, o.objid, o.part, i.classid, i.objid, i.objsubid, 'a'
    from object o
    join wanted w on w.number = o.number and w.change in ('dropped', 'anew')
    join ignored i on i.classid = o.classid and i.objid = o.objid and i.objsubid > 0
    where o.part = 0
),
placed as materialized (
    select d.*, c.oid as relation, c.relname, c.relkind, p.proname, y.typname, k.contype, u.prrelid,
        u.prpubid, w.rulename = '_RETURN' as is_view,
        -- What is a copy of a table's own goes with that: in its partitions, and its heirs.
        d.deptype in ('n', 'a')
            and not (is_managed(d.classid, d.objid) and is_managed(d.classid, d.objid, d.objsubid))
            and not exists (
                select from pg_depend e
                where e.classid = d.classid and e.objid = d.objid and e.deptype = 'P'
            )
            and (k.oid is null or k.contype <> 'n' and (k.conislocal or k.coninhcount = 0))
            and (g.oid is null or g.adrelid <> d.refobjid or g.adnum <> d.refpart) as is_ignored,
        place.oid as place
    from dependent d
    {standing}
    left join pg_publication_rel u on d.classid = 'pg_publication_rel'::regclass and u.oid = d.objid
    where d.classid in (
        'pg_rewrite'::regclass, 'pg_attrdef'::regclass,
        'pg_trigger'::regclass, 'pg_policy'::regclass,
        'pg_constraint'::regclass, 'pg_class'::regclass, 'pg_proc'::regclass, 'pg_type'::regclass,
        'pg_operator'::regclass, 'pg_opclass'::regclass, 'pg_statistic_ext'::regclass,
        'pg_publication_rel'::regclass, 'pg_event_trigger'::regclass
    )
    and (t.oid is null or not t.tgisinternal or t.tgparentid <> 0)
),
outsider as materialized (
    select p.*, w.change, w.sort
    from placed p
    join wanted w on w.number = p.number
    where (
            p.place is distinct from p.schema
            or p.is_ignored
            -- Of a template, what is not managed; statistics, indexes, sequences are their table's.
            or %(owners)s::text[] is not null and coalesce(p.relname, p.typname, p.proname) <> ''
                and coalesce(p.relkind, ' ') not in ('i', 'I')
                and not (p.deptype = 'a' and coalesce(p.relkind, ' ') = 'S')
                and not exists (
                select
                from unnest(%(owners)s::text[]) o (name)
                where o.name = quote_ident(coalesce(p.relname, p.typname))
                    or starts_with(o.name, quote_ident(p.proname) || '(')
            )
        )
        -- A publication has no table that is gone.
        and (
            w.change not in ('dropped', 'anew') or p.refpart <> 0
            or p.prrelid is distinct from p.refobjid
        )
        and (w.change in ('dropped', 'anew') or coalesce(p.contype, 'f') = 'f')
)
select t.nspname, o.number, i.type, i.identity,
    coalesce((select n.nspname from pg_namespace n where n.oid = o.place), '') as place,
    coalesce(o.contype = 'f', false) and o.change = 'retyped' and not exists (
        -- Each pair of columns must have an "=" of theirs.
        select
        from pg_constraint k
        cross join lateral unnest(k.conkey, k.confkey) u (own, other)
        join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.own
        cross join lateral (select to_regtype(o.sort)::oid as type) n
        where k.oid = o.objid and k.confrelid = o.refobjid and u.other = o.refpart
            and a.atttypid is distinct from n.type
            and not exists (
                select from pg_cast c
                where c.castsource = a.atttypid and c.casttarget = n.type and c.castcontext = 'i'
            )
            and not exists (
                select
                from pg_opclass m
                join pg_amop e on e.amopfamily = m.opcfamily and e.amopstrategy = 3
                where m.opcmethod = (select b.oid from pg_am b where b.amname = 'btree')
                    and m.opcdefault and m.opcintype = n.type
                    and e.amoplefttype = n.type and e.amoprighttype = a.atttypid
            )
    ) as follows,
    o.is_ignored and o.place = o.schema as is_ignored
from outsider o
join tenant t on t.oid = o.schema
cross join lateral (
    select 'publication' as type, quote_ident(b.pubname) as identity
    from pg_publication b
    where b.oid = o.prpubid
    union all
    select x.type, x.identity
    from pg_identify_object(
        case when o.is_view then 'pg_class'::regclass else o.classid end,
        case when o.is_view then o.relation else o.objid end,
        o.objsubid
    ) x
    where o.prpubid is null
) i
where i.identity is not null
order by o.number, i.type, i.identity
