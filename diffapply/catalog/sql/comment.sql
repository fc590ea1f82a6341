-- Named as COMMENT ON names them.
select r.schema,
    case
        when a.attname is not null then 'COLUMN ' || r.name || '.' || quote_ident(a.attname)
        else case r.relkind
            when 'v' then 'VIEW ' when 'm' then 'MATERIALIZED VIEW ' when 'S' then 'SEQUENCE '
            when 'f' then 'FOREIGN TABLE ' else 'TABLE '
        end || r.name
    end as name,
    r.name as owner, d.description as definition, d.objsubid as position
from relation r
join pg_description d on d.classoid = 'pg_class'::regclass and d.objoid = r.oid
left join pg_attribute a on d.objsubid > 0 and a.attrelid = r.oid and a.attnum = d.objsubid
union all
select i.schema, 'INDEX ' || i.name, i.relation, d.description, 0
from index i
join pg_description d
    on d.classoid = 'pg_class'::regclass and d.objoid = i.indexrelid and d.objsubid = 0
union all
select c.schema, 'CONSTRAINT ' || quote_ident(c.conname) || ' ON ' || c.relation, c.relation,
    d.description, 0
from table_constraint c
join pg_description d on d.classoid = 'pg_constraint'::regclass and d.objoid = c.oid
union all
select t.schema, 'TRIGGER ' || quote_ident(t.tgname) || ' ON ' || t.relation, t.relation,
    d.description, 0
from table_trigger t
join pg_description d on d.classoid = 'pg_trigger'::regclass and d.objoid = t.oid
union all
select r.schema, 'RULE ' || quote_ident(w.rulename) || ' ON ' || r.name, r.name,
    d.description, 0
from relation r
join pg_rewrite w on w.ev_class = r.oid and w.rulename <> '_RETURN'
join pg_description d on d.classoid = 'pg_rewrite'::regclass and d.objoid = w.oid
union all
select r.schema, 'POLICY ' || quote_ident(p.polname) || ' ON ' || r.name, r.name,
    d.description, 0
from relation r
join pg_policy p on p.polrelid = r.oid
join pg_description d on d.classoid = 'pg_policy'::regclass and d.objoid = p.oid
union all
select m.schema, case t.typtype when 'd' then 'DOMAIN ' else 'TYPE ' end || quote_ident(t.typname),
    quote_ident(t.typname), d.description, 0
from member m
join pg_type t on t.oid = m.objid
join pg_description d on d.classoid = m.classid and d.objoid = t.oid
where m.classid = 'pg_type'::regclass
union all
select m.schema, 'COLUMN ' || quote_ident(t.typname) || '.' || quote_ident(a.attname),
    quote_ident(t.typname), d.description, 0
from member m
join pg_type t on t.oid = m.objid and t.typtype = 'c'
join pg_description d
    on d.classoid = 'pg_class'::regclass and d.objoid = t.typrelid and d.objsubid > 0
join pg_attribute a on a.attrelid = t.typrelid and a.attnum = d.objsubid
where m.classid = 'pg_type'::regclass
union all
select m.schema, 'CONSTRAINT ' || quote_ident(c.conname) || ' ON DOMAIN ' || quote_ident(t.typname),
    quote_ident(t.typname), d.description, 0
from member m
join pg_type t on t.oid = m.objid and t.typtype = 'd'
join pg_constraint c on c.contypid = t.oid
join pg_description d on d.classoid = 'pg_constraint'::regclass and d.objoid = c.oid
where m.classid = 'pg_type'::regclass
union all
select m.schema,
    case p.prokind when 'p' then 'PROCEDURE ' when 'a' then 'AGGREGATE ' else 'FUNCTION ' end || n.name,
    n.name, d.description, 0
from member m
join pg_proc p on p.oid = m.objid
join pg_description d on d.classoid = m.classid and d.objoid = p.oid
cross join lateral (
    select case when set_config('search_path', m.path, true) <> '' then
        p.oid::regprocedure::text
    end as name
) n
where m.classid = 'pg_proc'::regclass
union all
select m.schema, 'STATISTICS ' || quote_ident(s.stxname), quote_ident(c.relname), d.description, 0
from member m
join pg_statistic_ext s on s.oid = m.objid
join pg_class c on c.oid = s.stxrelid
join pg_description d on d.classoid = m.classid and d.objoid = s.oid
where m.classid = 'pg_statistic_ext'::regclass
