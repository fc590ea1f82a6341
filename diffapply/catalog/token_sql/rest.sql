select schema, source, place, writer from class
union all
select schema, source, place, writer from type
union all
select oid, tableoid, ctid, xmin from pg_namespace where oid not in (select oid from ignored)
union all
select connamespace, tableoid, ctid, xmin
from pg_constraint where connamespace not in (select oid from ignored)
union all
select c.schema, i.tableoid, i.ctid, i.xmin from pg_index i join class c on c.oid = i.indrelid
union all
select c.schema, i.tableoid, i.ctid, i.xmin
from pg_inherits i join class c on c.oid = i.inhrelid
union all
select c.schema, p.tableoid, p.ctid, p.xmin
from pg_partitioned_table p join class c on c.oid = p.partrelid
union all
select c.schema, s.tableoid, s.ctid, s.xmin
from pg_sequence s join class c on c.oid = s.seqrelid
union all
select c.schema, f.tableoid, f.ctid, f.xmin
from pg_foreign_table f join class c on c.oid = f.ftrelid
union all
select c.schema, t.tableoid, t.ctid, t.xmin
from pg_trigger t join class c on c.oid = t.tgrelid
where not t.tgisinternal or t.tgparentid <> 0
union all
select c.schema, r.tableoid, r.ctid, r.xmin from pg_rewrite r join class c on c.oid = r.ev_class
union all
select c.schema, p.tableoid, p.ctid, p.xmin from pg_policy p join class c on c.oid = p.polrelid
union all
select stxnamespace, tableoid, ctid, xmin from pg_statistic_ext
union all
select t.schema, e.tableoid, e.ctid, e.xmin from pg_enum e join type t on t.oid = e.enumtypid
union all
select t.schema, r.tableoid, r.ctid, r.xmin from pg_range r join type t on t.oid = r.rngtypid
union all
select distinct t.schema, k.tableoid, k.ctid, k.xmin  -- twice would be as good as never
from pg_cast k
cross join lateral (values (k.castsource), (k.casttarget)) v (type)
join type t on t.oid = v.type
union all
select t.schema, k.tableoid, k.ctid, k.xmin
from pg_transform k join type t on t.oid = k.trftype
union all
select pronamespace, tableoid, ctid, xmin from pg_proc
union all
select p.pronamespace, a.tableoid, a.ctid, a.xmin
from pg_aggregate a join pg_proc p on p.oid = a.aggfnoid
union all
select oprnamespace, tableoid, ctid, xmin from pg_operator
union all
select opcnamespace, tableoid, ctid, xmin from pg_opclass
union all
select opfnamespace, tableoid, ctid, xmin from pg_opfamily
union all
select f.opfnamespace, o.tableoid, o.ctid, o.xmin
from pg_amop o join pg_opfamily f on f.oid = o.amopfamily
union all
select f.opfnamespace, p.tableoid, p.ctid, p.xmin
from pg_amproc p join pg_opfamily f on f.oid = p.amprocfamily
union all
select collnamespace, tableoid, ctid, xmin from pg_collation
union all
select connamespace, tableoid, ctid, xmin from pg_conversion
union all
select prsnamespace, tableoid, ctid, xmin from pg_ts_parser
union all
select tmplnamespace, tableoid, ctid, xmin from pg_ts_template
union all
select dictnamespace, tableoid, ctid, xmin from pg_ts_dict
union all
select cfgnamespace, tableoid, ctid, xmin from pg_ts_config
union all
select c.cfgnamespace, m.tableoid, m.ctid, m.xmin
from pg_ts_config_map m join pg_ts_config c on c.oid = m.mapcfg
union all
select defaclnamespace, tableoid, ctid, xmin from pg_default_acl
union all
-- What extensions own, or what depends on them; an index leads there.
select o.schema, d.tableoid, d.ctid, d.xmin
from pg_depend d
cross join lateral (
    select case d.classid
        when 'pg_class'::regclass then (select relnamespace from pg_class where oid = d.objid)
        when 'pg_type'::regclass then (select typnamespace from pg_type where oid = d.objid)
        when 'pg_proc'::regclass then (select pronamespace from pg_proc where oid = d.objid)
        when 'pg_trigger'::regclass then (
            select c.relnamespace
            from pg_trigger t join pg_class c on c.oid = t.tgrelid where t.oid = d.objid
        )
    end as schema
) o
where d.refclassid = 'pg_extension'::regclass
union all
select o.schema, d.tableoid, d.ctid, d.xmin
from pg_description d
cross join lateral (
    select case d.classoid
        when 'pg_class'::regclass then (select relnamespace from pg_class where oid = d.objoid)
        when 'pg_type'::regclass then (select typnamespace from pg_type where oid = d.objoid)
        when 'pg_proc'::regclass then (select pronamespace from pg_proc where oid = d.objoid)
        when 'pg_constraint'::regclass then (
            select connamespace from pg_constraint where oid = d.objoid
        )
        when 'pg_trigger'::regclass then (
            select c.relnamespace
            from pg_trigger t join pg_class c on c.oid = t.tgrelid where t.oid = d.objoid
        )
        when 'pg_rewrite'::regclass then (
            select c.relnamespace
            from pg_rewrite r join pg_class c on c.oid = r.ev_class where r.oid = d.objoid
        )
        when 'pg_policy'::regclass then (
            select c.relnamespace
            from pg_policy p join pg_class c on c.oid = p.polrelid where p.oid = d.objoid
        )
    end as schema
) o
where d.objoid >= 16384
union all
select 0, tableoid, ctid, xmin from pg_extension
union all
select 0, tableoid, ctid, xmin from pg_language
union all
select 0, tableoid, ctid, xmin from pg_am
union all
select 0, tableoid, ctid, xmin from pg_foreign_server
union all
select 0, tableoid, ctid, xmin from pg_foreign_data_wrapper
