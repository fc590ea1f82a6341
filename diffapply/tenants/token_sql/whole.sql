-- For each of the schemas $1, and under 0 for all that lies outside of them, a digest over the
-- versions of the catalog rows that facts are read from. All schemas are read, each catalog once.
--
-- Temporary and TOAST relations are left out; what is set on the latter is set on their owner too.
with ignored as materialized (
    select oid from pg_namespace where nspname ~ '^pg_(toast|temp_[0-9]+|toast_temp_[0-9]+)$'
),
namespace as (
    select oid as schema, tableoid as source, ctid as place, xmin as writer
    from pg_namespace
    where oid not in (select oid from ignored)
),
class as materialized (
    select oid, relnamespace as schema, tableoid as source, ctid as place, xmin as writer
    from pg_class
    where relnamespace not in (select oid from ignored)
),
relation as not materialized (select oid, schema from class),
with_columns as not materialized (  -- without all that is known of them, which takes longer
    select oid, relnamespace as schema
    from pg_class
    where relnamespace not in (select oid from ignored)
),
type as materialized (
    select oid, typnamespace as schema, tableoid as source, ctid as place, xmin as writer
    from pg_type
    where typnamespace not in (select oid from ignored)
),
table_constraint as (
    select connamespace as schema, tableoid as source, ctid as place, xmin as writer
    from pg_constraint
    where connamespace not in (select oid from ignored)
),
statistic as (
    select oid, stxnamespace as schema, tableoid as source, ctid as place, xmin as writer
    from pg_statistic_ext
),
routine as (
    select oid, pronamespace as schema, tableoid as source, ctid as place, xmin as writer
    from pg_proc
),
operator as (
    select oid, oprnamespace as schema, tableoid as source, ctid as place, xmin as writer
    from pg_operator
),
operator_class as (
    select oid, opcnamespace as schema, tableoid as source, ctid as place, xmin as writer
    from pg_opclass
),
operator_family as (
    select oid, opfnamespace as schema, tableoid as source, ctid as place, xmin as writer
    from pg_opfamily
),
ordering as (
    select oid, collnamespace as schema, tableoid as source, ctid as place, xmin as writer
    from pg_collation
),
conversion as (
    select oid, connamespace as schema, tableoid as source, ctid as place, xmin as writer
    from pg_conversion
),
parser as (
    select oid, prsnamespace as schema, tableoid as source, ctid as place, xmin as writer
    from pg_ts_parser
),
template as (
    select oid, tmplnamespace as schema, tableoid as source, ctid as place, xmin as writer
    from pg_ts_template
),
dictionary as (
    select oid, dictnamespace as schema, tableoid as source, ctid as place, xmin as writer
    from pg_ts_dict
),
configuration as (
    select oid, cfgnamespace as schema, tableoid as source, ctid as place, xmin as writer
    from pg_ts_config
),
default_privilege as (
    select oid, defaclnamespace as schema, tableoid as source, ctid as place, xmin as writer
    from pg_default_acl
),
-- What is said of an object elsewhere: that an extension owns it or that it depends on one, to
-- which an index leads; and comments. A cast belongs to the schemas of both of its types.
remark (schema, source, place, writer) as (
    select o.schema, r.source, r.place, r.writer
    from (
        select classid as class, objid as oid, tableoid as source, ctid as place, xmin as writer
        from pg_depend
        where refclassid = 'pg_extension'::regclass
        union all
        select classoid, objoid, tableoid, ctid, xmin
        from pg_description
        where objoid >= 16384
    ) r
    cross join lateral (
        select case r.class
            when 'pg_class'::regclass then (
                select relnamespace from pg_class where oid = r.oid
            )
            when 'pg_type'::regclass then (
                select typnamespace from pg_type where oid = r.oid
            )
            when 'pg_proc'::regclass then (
                select pronamespace from pg_proc where oid = r.oid
            )
            when 'pg_constraint'::regclass then (
                select connamespace from pg_constraint where oid = r.oid
            )
            when 'pg_trigger'::regclass then (
                select c.relnamespace
                from pg_trigger t join pg_class c on c.oid = t.tgrelid where t.oid = r.oid
            )
            when 'pg_rewrite'::regclass then (
                select c.relnamespace
                from pg_rewrite w join pg_class c on c.oid = w.ev_class where w.oid = r.oid
            )
            when 'pg_policy'::regclass then (
                select c.relnamespace
                from pg_policy p join pg_class c on c.oid = p.polrelid where p.oid = r.oid
            )
            when 'pg_statistic_ext'::regclass then (
                select stxnamespace from pg_statistic_ext where oid = r.oid
            )
            when 'pg_operator'::regclass then (
                select oprnamespace from pg_operator where oid = r.oid
            )
            when 'pg_opclass'::regclass then (
                select opcnamespace from pg_opclass where oid = r.oid
            )
            when 'pg_opfamily'::regclass then (
                select opfnamespace from pg_opfamily where oid = r.oid
            )
            when 'pg_collation'::regclass then (
                select collnamespace from pg_collation where oid = r.oid
            )
            when 'pg_conversion'::regclass then (
                select connamespace from pg_conversion where oid = r.oid
            )
            when 'pg_ts_parser'::regclass then (
                select prsnamespace from pg_ts_parser where oid = r.oid
            )
            when 'pg_ts_template'::regclass then (
                select tmplnamespace from pg_ts_template where oid = r.oid
            )
            when 'pg_ts_dict'::regclass then (
                select dictnamespace from pg_ts_dict where oid = r.oid
            )
            when 'pg_ts_config'::regclass then (
                select cfgnamespace from pg_ts_config where oid = r.oid
            )
        end as schema
        where r.class not in ('pg_cast'::regclass, 'pg_transform'::regclass)
        union all
        select distinct t.typnamespace
        from pg_cast k join pg_type t on t.oid in (k.castsource, k.casttarget)
        where r.class = 'pg_cast'::regclass and k.oid = r.oid
        union all
        select t.typnamespace
        from pg_transform k join pg_type t on t.oid = k.trftype
        where r.class = 'pg_transform'::regclass and k.oid = r.oid
    ) o
),
outside (schema, source, place, writer) as (
    select 0::oid, tableoid, ctid, xmin from pg_extension
    union all
    select 0, tableoid, ctid, xmin from pg_language
    union all
    select 0, tableoid, ctid, xmin from pg_am
    union all
    select 0, tableoid, ctid, xmin from pg_foreign_server
    union all
    select 0, tableoid, ctid, xmin from pg_foreign_data_wrapper
),
version (schema, source, place, writer) as (
{version}
),
{now},
digest as (select schema, {digest} as digest from version group by schema)
select coalesce(s.oid, 0), bit_xor(d.digest)
from digest d
left join unnest($1::oid[]) s (oid) on s.oid = d.schema
where d.schema is null or d.schema not in (select oid from ignored)
group by coalesce(s.oid, 0)
