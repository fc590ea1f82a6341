-- Named as ALTER ... OWNER TO names it. What a column owns has its table's owner.
select r.schema,
    case r.relkind
        when 'v' then 'VIEW ' when 'm' then 'MATERIALIZED VIEW ' when 'S' then 'SEQUENCE '
        when 'f' then 'FOREIGN TABLE ' else 'TABLE '
    end || r.name as name,
    r.name as owner, quote_ident(pg_get_userbyid(c.relowner)) as definition, 0 as position
from relation r
join pg_class c on c.oid = r.oid
where not exists (
    select from pg_depend d
    where d.classid = 'pg_class'::regclass and d.objid = r.oid
        and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i')
        and r.relkind = 'S'
)
union all
select m.schema, case t.typtype when 'd' then 'DOMAIN ' else 'TYPE ' end || quote_ident(t.typname),
    quote_ident(t.typname), quote_ident(pg_get_userbyid(t.typowner)), 0
from member m
join pg_type t on t.oid = m.objid
where m.classid = 'pg_type'::regclass
union all
select m.schema,
    case p.prokind when 'p' then 'PROCEDURE ' when 'a' then 'AGGREGATE ' else 'FUNCTION ' end
    || n.name,
    n.name, quote_ident(pg_get_userbyid(p.proowner)), 0
from member m
join pg_proc p on p.oid = m.objid
cross join lateral (
    select case when set_config('search_path', m.path, true) <> '' then
        p.oid::regprocedure::text
    end as name
) n
where m.classid = 'pg_proc'::regclass
