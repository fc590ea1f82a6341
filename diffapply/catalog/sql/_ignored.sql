-- What can be ignored together with all that belongs to it: schema, catalog, oid, number of the
-- column, and the name that its fact has. A part begins with the kinds that it is about; see
-- ignored_queries.py. Names are written as in the queries of the kinds.
-- of table
select m.schema, m.classid, m.objid, 0, quote_ident(c.relname)
from every_member m
join pg_class c on c.oid = m.objid
where m.classid = 'pg_class'::regclass and c.relkind in ('r', 'p', 'f')
union all
-- of partition
select m.schema, m.classid, m.objid, 0, quote_ident(c.relname)
from every_member m
join pg_class c on c.oid = m.objid
where m.classid = 'pg_class'::regclass and c.relkind in ('r', 'p', 'f') and c.relispartition
union all
-- of view
select m.schema, m.classid, m.objid, 0, quote_ident(c.relname)
from every_member m
join pg_class c on c.oid = m.objid
where m.classid = 'pg_class'::regclass and c.relkind = 'v'
union all
-- of materialized view
select m.schema, m.classid, m.objid, 0, quote_ident(c.relname)
from every_member m
join pg_class c on c.oid = m.objid
where m.classid = 'pg_class'::regclass and c.relkind = 'm'
union all
-- of sequence
select m.schema, m.classid, m.objid, 0, quote_ident(c.relname)
from every_member m
join pg_class c on c.oid = m.objid
where m.classid = 'pg_class'::regclass and c.relkind = 'S'
union all
-- of column
select m.schema, m.classid, m.objid, a.attnum,
    quote_ident(c.relname) || '.' || quote_ident(a.attname)
from every_member m
join pg_class c on c.oid = m.objid
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where m.classid = 'pg_class'::regclass and c.relkind in ('r', 'p', 'f')
union all
-- of constraint
select m.schema, 'pg_constraint'::regclass, k.oid, 0,
    quote_ident(c.relname) || '.' || quote_ident(own_name(k.conname, m))
from every_member m
join pg_class c on c.oid = m.objid
join pg_constraint k on k.conrelid = c.oid and k.contype <> 'n'
where m.classid = 'pg_class'::regclass and c.relkind in ('r', 'p', 'f')
union all
-- of index
select m.schema, 'pg_class'::regclass, i.indexrelid, 0, quote_ident(own_name(x.relname, m))
from every_member m
join pg_index i on i.indrelid = m.objid
join pg_class x on x.oid = i.indexrelid
where m.classid = 'pg_class'::regclass and not exists (
    select from pg_constraint k
    where k.conrelid = m.objid and k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x')
)
union all
-- of trigger
select m.schema, 'pg_trigger'::regclass, t.oid, 0,
    quote_ident(c.relname) || '.' || quote_ident(own_name(t.tgname, m))
from every_member m
join pg_class c on c.oid = m.objid
join pg_trigger t on t.tgrelid = c.oid and (not t.tgisinternal or t.tgparentid <> 0)
where m.classid = 'pg_class'::regclass
union all
-- of policy
select m.schema, 'pg_policy'::regclass, p.oid, 0,
    quote_ident(c.relname) || '.' || quote_ident(own_name(p.polname, m))
from every_member m
join pg_class c on c.oid = m.objid
join pg_policy p on p.polrelid = c.oid
where m.classid = 'pg_class'::regclass
union all
-- of rule
select m.schema, 'pg_rewrite'::regclass, w.oid, 0,
    quote_ident(c.relname) || '.' || quote_ident(w.rulename)
from every_member m
join pg_class c on c.oid = m.objid
join pg_rewrite w on w.ev_class = c.oid and w.rulename <> '_RETURN'
where m.classid = 'pg_class'::regclass
union all
-- of enum
select m.schema, m.classid, m.objid, 0, quote_ident(t.typname)
from every_member m
join pg_type t on t.oid = m.objid
where m.classid = 'pg_type'::regclass and t.typtype = 'e'
union all
-- of domain
select m.schema, m.classid, m.objid, 0, quote_ident(t.typname)
from every_member m
join pg_type t on t.oid = m.objid
where m.classid = 'pg_type'::regclass and t.typtype = 'd'
union all
-- of composite type
select m.schema, m.classid, m.objid, 0, quote_ident(t.typname)
from every_member m
join pg_type t on t.oid = m.objid
where m.classid = 'pg_type'::regclass and t.typtype = 'c'
union all
-- of range type
select m.schema, m.classid, m.objid, 0, quote_ident(t.typname)
from every_member m
join pg_type t on t.oid = m.objid
where m.classid = 'pg_type'::regclass and t.typtype = 'r'
union all
-- of base type
select m.schema, m.classid, m.objid, 0, quote_ident(t.typname)
from every_member m
join pg_type t on t.oid = m.objid
where m.classid = 'pg_type'::regclass and (t.typtype = 'b' or not t.typisdefined)
union all
-- of routine
select m.schema, m.classid, m.objid, 0,
    case when set_config('search_path', m.path, true) <> '' then p.oid::regprocedure::text end
from every_member m
join pg_proc p on p.oid = m.objid
where m.classid = 'pg_proc'::regclass and p.prokind <> 'a'
union all
-- of aggregate
select m.schema, m.classid, m.objid, 0,
    case when set_config('search_path', m.path, true) <> '' then p.oid::regprocedure::text end
from every_member m
join pg_proc p on p.oid = m.objid
where m.classid = 'pg_proc'::regclass and p.prokind = 'a'
union all
-- of collation
select m.schema, m.classid, m.objid, 0, quote_ident(x.collname)
from every_member m
join pg_collation x on x.oid = m.objid
where m.classid = 'pg_collation'::regclass
union all
-- of conversion
select m.schema, m.classid, m.objid, 0, quote_ident(x.conname)
from every_member m
join pg_conversion x on x.oid = m.objid
where m.classid = 'pg_conversion'::regclass
union all
-- of operator
select m.schema, m.classid, m.objid, 0,
    case when set_config('search_path', m.path, true) <> '' then m.objid::regoperator::text end
from every_member m
where m.classid = 'pg_operator'::regclass
union all
-- of operator class
select m.schema, m.classid, m.objid, 0,
    quote_ident(x.opcname) || ' USING ' || quote_ident(a.amname)
from every_member m
join pg_opclass x on x.oid = m.objid
join pg_am a on a.oid = x.opcmethod
where m.classid = 'pg_opclass'::regclass
union all
-- of operator family
select m.schema, m.classid, m.objid, 0,
    quote_ident(x.opfname) || ' USING ' || quote_ident(a.amname)
from every_member m
join pg_opfamily x on x.oid = m.objid
join pg_am a on a.oid = x.opfmethod
where m.classid = 'pg_opfamily'::regclass
union all
-- of extended statistics
select m.schema, m.classid, m.objid, 0, quote_ident(x.stxname)
from every_member m
join pg_statistic_ext x on x.oid = m.objid
where m.classid = 'pg_statistic_ext'::regclass
union all
-- of text search parser
select m.schema, m.classid, m.objid, 0, quote_ident(x.prsname)
from every_member m
join pg_ts_parser x on x.oid = m.objid
where m.classid = 'pg_ts_parser'::regclass
union all
-- of text search template
select m.schema, m.classid, m.objid, 0, quote_ident(x.tmplname)
from every_member m
join pg_ts_template x on x.oid = m.objid
where m.classid = 'pg_ts_template'::regclass
union all
-- of text search dictionary
select m.schema, m.classid, m.objid, 0, quote_ident(x.dictname)
from every_member m
join pg_ts_dict x on x.oid = m.objid
where m.classid = 'pg_ts_dict'::regclass
union all
-- of text search configuration
select m.schema, m.classid, m.objid, 0, quote_ident(x.cfgname)
from every_member m
join pg_ts_config x on x.oid = m.objid
where m.classid = 'pg_ts_config'::regclass
