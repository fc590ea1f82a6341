-- The versions of all catalog rows that facts are read from, but for those of columns.
select schema, source, place, writer from namespace
union all
select schema, source, place, writer from class
union all
select schema, source, place, writer from type
union all
select schema, source, place, writer from table_constraint
union all
select c.schema, d.tableoid, d.ctid, d.xmin from pg_attrdef d join relation c on c.oid = d.adrelid
union all
select c.schema, i.tableoid, i.ctid, i.xmin from pg_index i join relation c on c.oid = i.indrelid
union all
select c.schema, i.tableoid, i.ctid, i.xmin
from pg_inherits i join class c on c.oid = i.inhrelid
union all
select c.schema, p.tableoid, p.ctid, p.xmin
from pg_partitioned_table p join relation c on c.oid = p.partrelid
union all
select c.schema, s.tableoid, s.ctid, s.xmin
from pg_sequence s join relation c on c.oid = s.seqrelid
union all
select c.schema, f.tableoid, f.ctid, f.xmin
from pg_foreign_table f join relation c on c.oid = f.ftrelid
union all
select c.schema, t.tableoid, t.ctid, t.xmin
from pg_trigger t join relation c on c.oid = t.tgrelid
where not t.tgisinternal or t.tgparentid <> 0 or t.tgenabled <> 'O'
union all
select c.schema, r.tableoid, r.ctid, r.xmin from pg_rewrite r join relation c on c.oid = r.ev_class
union all
select c.schema, p.tableoid, p.ctid, p.xmin from pg_policy p join relation c on c.oid = p.polrelid
union all
select t.schema, e.tableoid, e.ctid, e.xmin from pg_enum e join type t on t.oid = e.enumtypid
union all
select t.schema, r.tableoid, r.ctid, r.xmin from pg_range r join type t on t.oid = r.rngtypid
union all
select distinct t.schema, k.tableoid, k.ctid, k.xmin  -- twice would be as good as never
from pg_cast k
cross join lateral (values (k.castsource), (k.casttarget)) v (type)
join type t on t.oid = v.type
where k.oid >= 16384  -- those of PostgreSQL itself do not change
union all
select t.schema, k.tableoid, k.ctid, k.xmin
from pg_transform k join type t on t.oid = k.trftype
union all
select schema, source, place, writer from statistic
union all
select schema, source, place, writer from routine
union all
select schema, source, place, writer from operator
union all
select schema, source, place, writer from operator_class
union all
select schema, source, place, writer from operator_family
union all
select schema, source, place, writer from ordering
union all
select schema, source, place, writer from conversion
union all
select schema, source, place, writer from parser
union all
select schema, source, place, writer from template
union all
select schema, source, place, writer from dictionary
union all
select schema, source, place, writer from configuration
union all
select schema, source, place, writer from default_privilege
union all
select p.schema, a.tableoid, a.ctid, a.xmin
from pg_aggregate a join routine p on p.oid = a.aggfnoid
union all
select f.schema, o.tableoid, o.ctid, o.xmin
from pg_amop o join operator_family f on f.oid = o.amopfamily
union all
select f.schema, p.tableoid, p.ctid, p.xmin
from pg_amproc p join operator_family f on f.oid = p.amprocfamily
union all
select c.schema, m.tableoid, m.ctid, m.xmin
from pg_ts_config_map m join configuration c on c.oid = m.mapcfg
union all
select schema, source, place, writer from remark
union all
select schema, source, place, writer from outside
