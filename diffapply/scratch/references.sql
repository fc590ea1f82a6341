-- The other schemas that the members of some schemas, and what belongs to those members, depend on.
-- Where many tenants are, the estimates are so far off that it would be compiled, which takes
-- longer.
set local jit = off;
with schema as materialized (
    select n.oid from pg_namespace n where n.nspname = any (%(schemas)s)
),
member as materialized (
    select s.oid as schema, d.classid, d.objid
    from schema s
    join pg_depend d
        on d.refclassid = 'pg_namespace'::regclass and d.refobjid = s.oid and d.deptype = 'n'
),
relation as materialized (
    select schema, objid as oid from member where classid = 'pg_class'::regclass
),
object as materialized (
    select schema, classid, objid from member
    union all
    select m.schema, 'pg_class'::regclass, t.typrelid
    from member m join pg_type t on t.oid = m.objid and t.typtype = 'c'
    where m.classid = 'pg_type'::regclass
    union all
    select r.schema, 'pg_constraint'::regclass, c.oid
    from relation r join pg_constraint c on c.conrelid = r.oid
    union all
    select m.schema, 'pg_constraint'::regclass, c.oid
    from member m join pg_constraint c on c.contypid = m.objid
    where m.classid = 'pg_type'::regclass
    union all
    select r.schema, 'pg_attrdef'::regclass, d.oid
    from relation r join pg_attrdef d on d.adrelid = r.oid
    union all
    select r.schema, 'pg_rewrite'::regclass, w.oid
    from relation r join pg_rewrite w on w.ev_class = r.oid
    union all
    select r.schema, 'pg_trigger'::regclass, t.oid
    from relation r join pg_trigger t on t.tgrelid = r.oid
    union all
    select r.schema, 'pg_policy'::regclass, p.oid
    from relation r join pg_policy p on p.polrelid = r.oid
    union all
    select r.schema, 'pg_class'::regclass, i.indexrelid
    from relation r join pg_index i on i.indrelid = r.oid
),
reference as (
    select distinct o.schema, d.refclassid, d.refobjid
    from object o
    cross join lateral (
        select d.refclassid, d.refobjid
        from pg_depend d
        where d.classid = o.classid and d.objid = o.objid
            and d.refclassid in (
                'pg_class'::regclass, 'pg_type'::regclass, 'pg_proc'::regclass,
                'pg_operator'::regclass, 'pg_collation'::regclass, 'pg_opclass'::regclass,
                'pg_opfamily'::regclass, 'pg_ts_config'::regclass, 'pg_ts_dict'::regclass,
                'pg_ts_parser'::regclass, 'pg_ts_template'::regclass
            )
            -- A sequence that a default draws from is needed alone.
            and not (
                d.classid = 'pg_attrdef'::regclass and d.refclassid = 'pg_class'::regclass
                and exists (select from pg_sequence q where q.seqrelid = d.refobjid)
            )
        offset 0  -- by the index: the table is as large as all tenants
    ) d
),
place as materialized (
    select distinct r.schema, coalesce(
        c.relnamespace, t.typnamespace, p.pronamespace, o.oprnamespace, l.collnamespace,
        k.opcnamespace, f.opfnamespace, g.cfgnamespace, i.dictnamespace, a.prsnamespace,
        e.tmplnamespace
    ) as oid
    from reference r
    left join pg_class c on r.refclassid = 'pg_class'::regclass and c.oid = r.refobjid
    left join pg_type t on r.refclassid = 'pg_type'::regclass and t.oid = r.refobjid
    left join pg_proc p on r.refclassid = 'pg_proc'::regclass and p.oid = r.refobjid
    left join pg_operator o on r.refclassid = 'pg_operator'::regclass and o.oid = r.refobjid
    left join pg_collation l on r.refclassid = 'pg_collation'::regclass and l.oid = r.refobjid
    left join pg_opclass k on r.refclassid = 'pg_opclass'::regclass and k.oid = r.refobjid
    left join pg_opfamily f on r.refclassid = 'pg_opfamily'::regclass and f.oid = r.refobjid
    left join pg_ts_config g on r.refclassid = 'pg_ts_config'::regclass and g.oid = r.refobjid
    left join pg_ts_dict i on r.refclassid = 'pg_ts_dict'::regclass and i.oid = r.refobjid
    left join pg_ts_parser a on r.refclassid = 'pg_ts_parser'::regclass and a.oid = r.refobjid
    left join pg_ts_template e on r.refclassid = 'pg_ts_template'::regclass and e.oid = r.refobjid
)
select distinct n.nspname
from place s
join pg_namespace n on n.oid = s.oid
where s.oid <> s.schema and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
