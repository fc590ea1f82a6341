-- Named as COMMENT ON names them.
select r.schema,
    case
        when a.attname is not null then 'COLUMN ' || r.name || '.' || quote_ident(a.attname)
        else case r.relkind
            when 'v' then 'VIEW ' when 'm' then 'MATERIALIZED VIEW ' when 'S' then 'SEQUENCE '
            when 'f' then 'FOREIGN TABLE ' else 'TABLE '
        end || r.name
    end as name,
    r.name as owner, d.description as definition, d.objsubid as position, r.hint
from relation r
join pg_description d on d.classoid = 'pg_class'::regclass and d.objoid = r.oid
left join pg_attribute a on d.objsubid > 0 and a.attrelid = r.oid and a.attnum = d.objsubid
where is_managed(pg_class, r.oid, d.objsubid)
union all
select i.schema, 'INDEX ' || i.name, i.relation, d.description, 0, i.hint
from index i
join pg_description d
    on d.classoid = 'pg_class'::regclass and d.objoid = i.indexrelid and d.objsubid = 0
union all
select c.schema,
    'CONSTRAINT ' || substr(c.name, length(c.relation) + 2) || ' ON ' || c.relation, c.relation,
    d.description, 0, c.hint
from table_constraint c
join pg_description d on d.classoid = 'pg_constraint'::regclass and d.objoid = c.oid
union all
select t.schema, 'TRIGGER ' || t.trigger || ' ON ' || t.relation, t.relation,
    d.description, 0, t.hint
from table_trigger t
join pg_description d on d.classoid = 'pg_trigger'::regclass and d.objoid = t.oid
union all
select r.schema, 'RULE ' || quote_ident(w.rulename) || ' ON ' || r.name, r.name,
    d.description, 0, r.hint
from relation r
join pg_rewrite w on w.ev_class = r.oid and w.rulename <> '_RETURN'
join pg_description d on d.classoid = 'pg_rewrite'::regclass and d.objoid = w.oid
where is_managed(pg_rewrite, w.oid)
union all
select r.schema, 'POLICY ' || quote_ident(own_name(p.polname, r)) || ' ON ' || r.name, r.name,
    d.description, 0, r.hint
from relation r
join pg_policy p on p.polrelid = r.oid
join pg_description d on d.classoid = 'pg_policy'::regclass and d.objoid = p.oid
where is_managed(pg_policy, p.oid)
union all
-- needs pg_type
select t.schema, case t.typtype when 'd' then 'DOMAIN ' else 'TYPE ' end || t.name, t.name,
    d.description, 0, t.hint
from own_type t
join pg_description d on d.classoid = 'pg_type'::regclass and d.objoid = t.oid
where t.typtype <> 'm'
union all
-- needs pg_type
select t.schema, 'COLUMN ' || t.name || '.' || quote_ident(a.attname), t.name, d.description, 0,
    t.hint
from own_type t
join pg_description d
    on d.classoid = 'pg_class'::regclass and d.objoid = t.typrelid and d.objsubid > 0
join pg_attribute a on a.attrelid = t.typrelid and a.attnum = d.objsubid
where t.typtype = 'c'
union all
-- needs pg_type
select t.schema, 'CONSTRAINT ' || quote_ident(c.conname) || ' ON DOMAIN ' || t.name, t.name,
    d.description, 0, t.hint
from own_type t
join pg_constraint c on c.contypid = t.oid
join pg_description d on d.classoid = 'pg_constraint'::regclass and d.objoid = c.oid
where t.typtype = 'd'
union all
-- needs pg_proc
select p.schema,
    case p.prokind
        when 'a' then 'AGGREGATE ' || regexp_replace(p.name, '\(\)$', '(*)')
        when 'p' then 'PROCEDURE ' || p.name
        else 'FUNCTION ' || p.name
    end,
    p.name, d.description, 0, p.hint
from program p
join pg_description d on d.classoid = 'pg_proc'::regclass and d.objoid = p.oid
union all
-- needs pg_collation pg_conversion pg_opclass pg_operator pg_opfamily pg_statistic_ext pg_ts_config pg_ts_dict pg_ts_parser pg_ts_template
select m.schema, o.name, o.owner, d.description, 0, m.hint
from member m
join pg_description d on d.classoid = m.classid and d.objoid = m.objid
cross join lateral (
    select 'STATISTICS ' || quote_ident(x.stxname) as name, quote_ident(c.relname) as owner
    from pg_statistic_ext x join pg_class c on c.oid = x.stxrelid
    where m.classid = 'pg_statistic_ext'::regclass and x.oid = m.objid
    union all
    select 'COLLATION ' || quote_ident(x.collname), quote_ident(x.collname)
    from pg_collation x
    where m.classid = 'pg_collation'::regclass and x.oid = m.objid
    union all
    select 'CONVERSION ' || quote_ident(x.conname), quote_ident(x.conname)
    from pg_conversion x
    where m.classid = 'pg_conversion'::regclass and x.oid = m.objid
    union all
    select 'TEXT SEARCH PARSER ' || quote_ident(x.prsname), quote_ident(x.prsname)
    from pg_ts_parser x
    where m.classid = 'pg_ts_parser'::regclass and x.oid = m.objid
    union all
    select 'TEXT SEARCH TEMPLATE ' || quote_ident(x.tmplname), quote_ident(x.tmplname)
    from pg_ts_template x
    where m.classid = 'pg_ts_template'::regclass and x.oid = m.objid
    union all
    select 'TEXT SEARCH DICTIONARY ' || quote_ident(x.dictname), quote_ident(x.dictname)
    from pg_ts_dict x
    where m.classid = 'pg_ts_dict'::regclass and x.oid = m.objid
    union all
    select 'TEXT SEARCH CONFIGURATION ' || quote_ident(x.cfgname), quote_ident(x.cfgname)
    from pg_ts_config x
    where m.classid = 'pg_ts_config'::regclass and x.oid = m.objid
    union all
    select 'OPERATOR ' || k.name, k.name
    from (
        select case when set_config('search_path', m.path, true) <> '' then
            m.objid::regoperator::text
        end as name
    ) k
    where m.classid = 'pg_operator'::regclass
    union all
    select 'OPERATOR FAMILY ' || k.name, k.name
    from pg_opfamily x
    join pg_am am on am.oid = x.opfmethod
    cross join lateral (
        select quote_ident(x.opfname) || ' USING ' || quote_ident(am.amname) as name
    ) k
    where m.classid = 'pg_opfamily'::regclass and x.oid = m.objid
    union all
    select 'OPERATOR CLASS ' || k.name, k.name
    from pg_opclass x
    join pg_am am on am.oid = x.opcmethod
    cross join lateral (
        select quote_ident(x.opcname) || ' USING ' || quote_ident(am.amname) as name
    ) k
    where m.classid = 'pg_opclass'::regclass and x.oid = m.objid
) o
where m.classid not in ('pg_class'::regclass, 'pg_type'::regclass, 'pg_proc'::regclass)
union all
-- needs pg_cast
select k.schema, 'CAST ' || k.name, k.name, d.description, 0, k.hint
from own_cast k
join pg_description d on d.classoid = 'pg_cast'::regclass and d.objoid = k.oid
union all
-- needs pg_type
select k.schema, 'TRANSFORM ' || k.name, k.name, d.description, 0, k.hint
from own_transform k
join pg_description d on d.classoid = 'pg_transform'::regclass and d.objoid = k.oid
