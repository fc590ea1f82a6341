-- For each of the schemas $1 two digests over the versions of the catalog rows that its own facts
-- are read from: the same as `whole.sql` makes of them, found through indexes. What is in a schema
-- says so in pg_depend, or belongs to something that does.
with member as materialized (
    select distinct refobjid as schema, classid, objid
    from pg_depend
    where refclassid = 'pg_namespace'::regclass and refobjid = any ($1)
),
namespace as (
    select oid as schema, tableoid as source, ctid as place, xmin as writer
    from pg_namespace
    where oid = any ($1)
),
named_type as materialized (
    select m.schema, t.oid, t.typrelid
    from member m join pg_type t on t.oid = m.objid
    where m.classid = 'pg_type'::regclass
),
relation as materialized (
    select schema, objid as oid from member where classid = 'pg_class'::regclass
    union
    select schema, typrelid from named_type where typrelid <> 0
),
class as materialized (
    select c.oid, r.schema, c.tableoid as source, c.ctid as place, c.xmin as writer, c.reltype
    from (
        select schema, oid from relation
        union
        select r.schema, i.indexrelid from relation r join pg_index i on i.indrelid = r.oid
    ) r
    join pg_class c on c.oid = r.oid
),
with_columns as (select oid, schema from class),
element as materialized (
    select schema, oid from named_type
    union
    select schema, reltype from class where reltype <> 0
    union
    select t.schema, r.rngmultitypid from named_type t join pg_range r on r.rngtypid = t.oid
),
type as materialized (
    select t.oid, e.schema, t.tableoid as source, t.ctid as place, t.xmin as writer
    from (
        select schema, oid from element
        union
        select e.schema, t.typarray from element e join pg_type t on t.oid = e.oid
    ) e
    join pg_type t on t.oid = e.oid and t.typnamespace = e.schema
),
table_constraint (schema, source, place, writer) as (
    select r.schema, c.tableoid, c.ctid, c.xmin
    from relation r join pg_constraint c on c.conrelid = r.oid
    union all
    select t.schema, c.tableoid, c.ctid, c.xmin
    from named_type t join pg_constraint c on c.contypid = t.oid
),
statistic as (
    select o.oid, m.schema, o.tableoid as source, o.ctid as place, o.xmin as writer
    from member m join pg_statistic_ext o on o.oid = m.objid
    where m.classid = 'pg_statistic_ext'::regclass
),
routine as (
    select o.oid, m.schema, o.tableoid as source, o.ctid as place, o.xmin as writer
    from member m join pg_proc o on o.oid = m.objid
    where m.classid = 'pg_proc'::regclass
),
operator as (
    select o.oid, m.schema, o.tableoid as source, o.ctid as place, o.xmin as writer
    from member m join pg_operator o on o.oid = m.objid
    where m.classid = 'pg_operator'::regclass
),
operator_class as (
    select o.oid, m.schema, o.tableoid as source, o.ctid as place, o.xmin as writer
    from member m join pg_opclass o on o.oid = m.objid
    where m.classid = 'pg_opclass'::regclass
),
operator_family as (
    select o.oid, m.schema, o.tableoid as source, o.ctid as place, o.xmin as writer
    from member m join pg_opfamily o on o.oid = m.objid
    where m.classid = 'pg_opfamily'::regclass
),
ordering as (
    select o.oid, m.schema, o.tableoid as source, o.ctid as place, o.xmin as writer
    from member m join pg_collation o on o.oid = m.objid
    where m.classid = 'pg_collation'::regclass
),
conversion as (
    select o.oid, m.schema, o.tableoid as source, o.ctid as place, o.xmin as writer
    from member m join pg_conversion o on o.oid = m.objid
    where m.classid = 'pg_conversion'::regclass
),
parser as (
    select o.oid, m.schema, o.tableoid as source, o.ctid as place, o.xmin as writer
    from member m join pg_ts_parser o on o.oid = m.objid
    where m.classid = 'pg_ts_parser'::regclass
),
template as (
    select o.oid, m.schema, o.tableoid as source, o.ctid as place, o.xmin as writer
    from member m join pg_ts_template o on o.oid = m.objid
    where m.classid = 'pg_ts_template'::regclass
),
dictionary as (
    select o.oid, m.schema, o.tableoid as source, o.ctid as place, o.xmin as writer
    from member m join pg_ts_dict o on o.oid = m.objid
    where m.classid = 'pg_ts_dict'::regclass
),
configuration as (
    select o.oid, m.schema, o.tableoid as source, o.ctid as place, o.xmin as writer
    from member m join pg_ts_config o on o.oid = m.objid
    where m.classid = 'pg_ts_config'::regclass
),
default_privilege as (
    select o.oid, m.schema, o.tableoid as source, o.ctid as place, o.xmin as writer
    from member m join pg_default_acl o on o.oid = m.objid
    where m.classid = 'pg_default_acl'::regclass
),
own_cast as materialized (
    select distinct t.schema, k.oid
    from pg_cast k
    cross join lateral (values (k.castsource), (k.casttarget)) v (type)
    join type t on t.oid = v.type
    where k.oid >= 16384
),
-- All that a remark can be about; members are named twice, but count once.
object (class, schema, oid) as materialized (
    select classid, schema, objid
    from member
    where classid in (
        'pg_class'::regclass, 'pg_type'::regclass, 'pg_proc'::regclass,
        'pg_statistic_ext'::regclass, 'pg_operator'::regclass, 'pg_opclass'::regclass,
        'pg_opfamily'::regclass, 'pg_collation'::regclass, 'pg_conversion'::regclass,
        'pg_ts_parser'::regclass, 'pg_ts_template'::regclass, 'pg_ts_dict'::regclass,
        'pg_ts_config'::regclass
    )
    union
    select 'pg_class'::regclass, schema, oid from class
    union
    select 'pg_type'::regclass, schema, oid from type
    union
    select 'pg_trigger'::regclass, r.schema, t.oid
    from relation r join pg_trigger t on t.tgrelid = r.oid
    union
    select 'pg_rewrite'::regclass, r.schema, w.oid
    from relation r join pg_rewrite w on w.ev_class = r.oid
    union
    select 'pg_policy'::regclass, r.schema, p.oid
    from relation r join pg_policy p on p.polrelid = r.oid
    union
    select 'pg_constraint'::regclass, r.schema, c.oid
    from relation r join pg_constraint c on c.conrelid = r.oid
    union
    select 'pg_constraint'::regclass, t.schema, c.oid
    from named_type t join pg_constraint c on c.contypid = t.oid
    union
    select 'pg_cast'::regclass, schema, oid from own_cast
    union
    select 'pg_transform'::regclass, t.schema, k.oid
    from type t join pg_transform k on k.trftype = t.oid
),
remark (schema, source, place, writer) as (
    select o.schema, d.tableoid, d.ctid, d.xmin
    from object o
    join pg_depend d on d.classid = o.class and d.objid = o.oid
    where d.refclassid = 'pg_extension'::regclass
    union all
    select o.schema, d.tableoid, d.ctid, d.xmin
    from object o
    join pg_description d on d.classoid = o.class and d.objoid = o.oid
),
outside (schema, source, place, writer) as (
    select 0::oid, null::oid, null::tid, null::xid where false
),
version (part, schema, source, place, writer) as (
    select 'columns', c.* from (
{columns}
    ) c
    union all
    select 'rest', r.* from (
{rest}
    ) r
),
{now}
select v.schema, {digest} filter (where part = 'columns'), {digest} filter (where part = 'rest')
from version v
group by v.schema
