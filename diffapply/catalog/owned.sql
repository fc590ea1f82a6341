-- What has an owner in the schemas of `schema`, by the name that it has in every tenant, and by
-- the one that it has here. Of one class are those that can take each other's place under a name.
-- Members of extensions are left out, and what comes with a type.
member as materialized (
    select s.oid as schema, s.nspname, quote_ident(s.nspname) || '.' as prefix,
        quote_ident(s.nspname) || ', pg_catalog, pg_temp' as path, d.classid, d.objid
    from schema s
    join pg_depend d
        on d.refclassid = 'pg_namespace'::regclass and d.refobjid = s.oid and d.deptype = 'n'
    where not exists (
        select from pg_depend e
        where e.classid = d.classid and e.objid = d.objid
            and e.refclassid = 'pg_extension'::regclass and e.deptype = 'e'
    )
),
owned as materialized (
    select m.schema, m.nspname, m.classid, m.objid,
        case c.relkind when 'S' then 'sequence' else 'relation' end as class,
        case c.relkind
            when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence'
            when 'f' then 'foreign table' else 'table'
        end as kind,
        quote_ident(c.relname) as name, m.prefix || quote_ident(c.relname) as place,
        c.relowner as owner, c.relacl as acl,
        case c.relkind when 'S' then 's' else 'r' end::"char" as acl_type
    from member m
    join pg_class c on c.oid = m.objid
    where m.classid = 'pg_class'::regclass and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
    union all
    select m.schema, m.nspname, m.classid, m.objid, 'type',
        case t.typtype when 'd' then 'domain' else 'type' end,
        quote_ident(t.typname), m.prefix || quote_ident(t.typname), t.typowner, t.typacl, 'T'
    from member m
    join pg_type t on t.oid = m.objid
    where m.classid = 'pg_type'::regclass and t.typtype <> 'm'
    union all
    -- With the path as it is, PostgreSQL would write the schema of each argument's type.
    select m.schema, m.nspname, m.classid, m.objid, 'routine',
        case p.prokind when 'p' then 'procedure' when 'a' then 'aggregate' else 'function' end,
        case when set_config('search_path', m.path, true) <> '' then
            p.oid::regprocedure::text
        end,
        i.identity, p.proowner, p.proacl, 'f'
    from member m
    join pg_proc p on p.oid = m.objid
    cross join lateral pg_identify_object(m.classid, m.objid, 0) i
    where m.classid = 'pg_proc'::regclass and not exists (
        select from pg_depend d
        where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'i'
    )
    union all
    -- These have owners, but no grants.
    select m.schema, m.nspname, m.classid, m.objid, i.type, replace(i.type, ' object', ''),
        replace(i.identity, m.prefix, ''), i.identity, o.owner, null, null
    from member m
    cross join lateral (
        select collowner from pg_collation
        where oid = m.objid and m.classid = 'pg_collation'::regclass
        union all
        select conowner from pg_conversion
        where oid = m.objid and m.classid = 'pg_conversion'::regclass
        union all
        select oprowner from pg_operator where oid = m.objid and m.classid = 'pg_operator'::regclass
        union all
        select opcowner from pg_opclass where oid = m.objid and m.classid = 'pg_opclass'::regclass
        union all
        select opfowner from pg_opfamily where oid = m.objid and m.classid = 'pg_opfamily'::regclass
        union all
        select dictowner from pg_ts_dict where oid = m.objid and m.classid = 'pg_ts_dict'::regclass
        union all
        select cfgowner from pg_ts_config
        where oid = m.objid and m.classid = 'pg_ts_config'::regclass
        union all
        select stxowner from pg_statistic_ext
        where oid = m.objid and m.classid = 'pg_statistic_ext'::regclass
    ) o (owner)
    cross join lateral pg_identify_object(m.classid, m.objid, 0) i
)
