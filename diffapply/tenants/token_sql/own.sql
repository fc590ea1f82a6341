-- For each of the schemas $1 two digests over the versions of the catalog rows that its own facts
-- are read from: the same as `whole.sql` makes of them, found through indexes. What is in a schema
-- says so in pg_depend, or belongs to something that does.
--
-- Objects are found as arrays of oids, and rows by one scan for each array: a third to a half of
-- the time of a join, which scans once for each object. An oid that is in an array twice counts
-- once.
with member as (
    select refobjid as schema,
        array_agg(objid) filter (where classid = 'pg_class'::regclass) as relations,
        array_agg(objid) filter (where classid = 'pg_type'::regclass) as types,
        array_agg(objid) filter (where classid = 'pg_statistic_ext'::regclass) as statistics,
        array_agg(objid) filter (where classid = 'pg_proc'::regclass) as routines,
        array_agg(objid) filter (where classid = 'pg_operator'::regclass) as operators,
        array_agg(objid) filter (where classid = 'pg_opclass'::regclass) as classes,
        array_agg(objid) filter (where classid = 'pg_opfamily'::regclass) as families,
        array_agg(objid) filter (where classid = 'pg_collation'::regclass) as collations,
        array_agg(objid) filter (where classid = 'pg_conversion'::regclass) as conversions,
        array_agg(objid) filter (where classid = 'pg_ts_parser'::regclass) as parsers,
        array_agg(objid) filter (where classid = 'pg_ts_template'::regclass) as templates,
        array_agg(objid) filter (where classid = 'pg_ts_dict'::regclass) as dictionaries,
        array_agg(objid) filter (where classid = 'pg_ts_config'::regclass) as configurations,
        array_agg(objid) filter (where classid = 'pg_default_acl'::regclass) as privileges
    from pg_depend
    where refclassid = 'pg_namespace'::regclass and refobjid = any ($1)
    group by refobjid
),
{now},
own as materialized (
    select n.oid as schema, r.oids as relations, c.oids as classes, m.types as named_types,
        t.oids as types, m.statistics, m.routines, m.operators, m.classes as operator_classes,
        m.families, m.collations, m.conversions, m.parsers, m.templates, m.dictionaries,
        m.configurations, m.privileges,
        array(
            select k.oid
            from pg_cast k
            where k.oid >= 16384  -- those of PostgreSQL itself do not change
                and (k.castsource = any (t.oids) or k.casttarget = any (t.oids))
        ) as casts
    from pg_namespace n
    left join member m on m.schema = n.oid
    cross join lateral (
        select m.relations || array(
            select t.typrelid from pg_type t where t.oid = any (m.types) and t.typrelid <> 0
        )
    ) r (oids)
    cross join lateral (
        select r.oids
            || array(select i.indexrelid from pg_index i where i.indrelid = any (r.oids))
    ) c (oids)
    cross join lateral (
        select m.types
            || array(
                select k.reltype from pg_class k where k.oid = any (c.oids) and k.reltype <> 0
            )
            || array(select k.rngmultitypid from pg_range k where k.rngtypid = any (m.types))
    ) e (oids)
    cross join lateral (
        select e.oids || array(select t.typarray from pg_type t where t.oid = any (e.oids))
    ) w (oids)
    cross join lateral (
        select array(
            select t.oid from pg_type t where t.oid = any (w.oids) and t.typnamespace = n.oid
        )
    ) t (oids)
    where n.oid = any ($1)
)
select o.schema, c.digest, r.digest
from own o
cross join lateral (
    select {digest}
    from (
        select tableoid as source, ctid as place, xmin as writer
        from pg_attribute
        where attrelid = any (o.classes) and attnum > 0
    ) version
) c (digest)
cross join lateral (
    select {digest}
    from (
        select tableoid, ctid, xmin from pg_namespace where oid = o.schema
        union all
        select tableoid, ctid, xmin from pg_class where oid = any (o.classes)
        union all
        select tableoid, ctid, xmin from pg_type where oid = any (o.types)
        union all
        select tableoid, ctid, xmin from pg_constraint where conrelid = any (o.relations)
        union all
        select tableoid, ctid, xmin from pg_constraint where contypid = any (o.named_types)
        union all
        select tableoid, ctid, xmin from pg_attrdef where adrelid = any (o.relations)
        union all
        select tableoid, ctid, xmin from pg_index where indrelid = any (o.relations)
        union all
        select tableoid, ctid, xmin from pg_inherits where inhrelid = any (o.classes)
        union all
        select tableoid, ctid, xmin from pg_partitioned_table where partrelid = any (o.relations)
        union all
        select tableoid, ctid, xmin from pg_sequence where seqrelid = any (o.relations)
        union all
        select tableoid, ctid, xmin from pg_foreign_table where ftrelid = any (o.relations)
        union all
        select tableoid, ctid, xmin
        from pg_trigger
        where tgrelid = any (o.relations)
            and (not tgisinternal or tgparentid <> 0 or tgenabled <> 'O')
        union all
        select tableoid, ctid, xmin from pg_rewrite where ev_class = any (o.relations)
        union all
        select tableoid, ctid, xmin from pg_policy where polrelid = any (o.relations)
        union all
        select tableoid, ctid, xmin from pg_enum where enumtypid = any (o.types)
        union all
        select tableoid, ctid, xmin from pg_range where rngtypid = any (o.types)
        union all
        select tableoid, ctid, xmin from pg_cast where oid = any (o.casts)
        union all
        select tableoid, ctid, xmin from pg_transform where trftype = any (o.types)
        union all
        select tableoid, ctid, xmin from pg_statistic_ext where oid = any (o.statistics)
        union all
        select tableoid, ctid, xmin from pg_proc where oid = any (o.routines)
        union all
        select tableoid, ctid, xmin from pg_aggregate where aggfnoid = any (o.routines)
        union all
        select tableoid, ctid, xmin from pg_operator where oid = any (o.operators)
        union all
        select tableoid, ctid, xmin from pg_opclass where oid = any (o.operator_classes)
        union all
        select tableoid, ctid, xmin from pg_opfamily where oid = any (o.families)
        union all
        select tableoid, ctid, xmin from pg_amop where amopfamily = any (o.families)
        union all
        select tableoid, ctid, xmin from pg_amproc where amprocfamily = any (o.families)
        union all
        select tableoid, ctid, xmin from pg_collation where oid = any (o.collations)
        union all
        select tableoid, ctid, xmin from pg_conversion where oid = any (o.conversions)
        union all
        select tableoid, ctid, xmin from pg_ts_parser where oid = any (o.parsers)
        union all
        select tableoid, ctid, xmin from pg_ts_template where oid = any (o.templates)
        union all
        select tableoid, ctid, xmin from pg_ts_dict where oid = any (o.dictionaries)
        union all
        select tableoid, ctid, xmin from pg_ts_config where oid = any (o.configurations)
        union all
        select tableoid, ctid, xmin from pg_ts_config_map where mapcfg = any (o.configurations)
        union all
        select tableoid, ctid, xmin from pg_default_acl where oid = any (o.privileges)
        union all
        select d.tableoid, d.ctid, d.xmin
        from (
            values
                ('pg_class'::regclass, o.classes),
                ('pg_type'::regclass, o.named_types || o.types),
                (
                    'pg_trigger'::regclass,
                    array(select t.oid from pg_trigger t where t.tgrelid = any (o.relations))
                ),
                (
                    'pg_rewrite'::regclass,
                    array(select w.oid from pg_rewrite w where w.ev_class = any (o.relations))
                ),
                (
                    'pg_policy'::regclass,
                    array(select p.oid from pg_policy p where p.polrelid = any (o.relations))
                ),
                (
                    'pg_constraint'::regclass,
                    array(select c.oid from pg_constraint c where c.conrelid = any (o.relations))
                    || array(
                        select c.oid from pg_constraint c where c.contypid = any (o.named_types)
                    )
                ),
                ('pg_cast'::regclass, o.casts),
                (
                    'pg_transform'::regclass,
                    array(select k.oid from pg_transform k where k.trftype = any (o.types))
                ),
                ('pg_statistic_ext'::regclass, o.statistics),
                ('pg_proc'::regclass, o.routines),
                ('pg_operator'::regclass, o.operators),
                ('pg_opclass'::regclass, o.operator_classes),
                ('pg_opfamily'::regclass, o.families),
                ('pg_collation'::regclass, o.collations),
                ('pg_conversion'::regclass, o.conversions),
                ('pg_ts_parser'::regclass, o.parsers),
                ('pg_ts_template'::regclass, o.templates),
                ('pg_ts_dict'::regclass, o.dictionaries),
                ('pg_ts_config'::regclass, o.configurations)
        ) object (class, oids)
        cross join lateral (
            select tableoid, ctid, xmin
            from pg_depend
            where classid = object.class and objid = any (object.oids)
                and refclassid = 'pg_extension'::regclass
            union all
            select tableoid, ctid, xmin
            from pg_description
            where classoid = object.class and objoid = any (object.oids)
        ) d
    ) version (source, place, writer)
) r (digest)
