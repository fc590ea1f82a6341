-- What every kind of fact starts from, after `every_member` and `ignored`: the members that are not
-- ignored, and what belongs to those; is_managed(...) says that something is not ignored, see
-- ignored_queries.py; own_name(...) is a name without the schema's, see naming.py.
member as materialized (
    select m.*
    from every_member m
    where is_managed(m.classid, m.objid)
),
relation as materialized (
    select m.schema, m.nspname, m.hint, m.path, c.oid, quote_ident(c.relname) as name, c.relname,
        c.relkind, c.relpersistence, c.relam, c.reloptions, c.reltablespace, c.reloftype,
        c.relpartbound, c.relispartition, c.relispopulated, c.relreplident, c.relrowsecurity,
        c.relforcerowsecurity, c.reltoastrelid, c.relhastriggers, c.relhasrules, c.reltype
    from member m
    join pg_class c on c.oid = m.objid
    where m.classid = 'pg_class'::regclass
),
attribute as materialized (
    select r.schema, r.hint, r.path, r.name as relation, r.relname, r.relkind, r.relispartition,
        r.name || '.' || quote_ident(a.attname) as name, a.attrelid, a.attnum, a.attname,
        a.atttypid, a.atttypmod, a.attcollation, a.attnotnull, a.attgenerated, a.attidentity,
        a.attislocal, a.attinhcount, a.attstorage, a.attcompression, a.attstattarget,
        a.attoptions, a.attfdwoptions, a.atthasdef, t.typstorage, t.typcollation
    from relation r
    join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
    join pg_type t on t.oid = a.atttypid
    where r.relkind in ('r', 'p', 'f', 'm', 'v') and is_managed(pg_class, a.attrelid, a.attnum)
),
table_constraint as materialized (
    select r.schema, r.hint, r.path, r.name as relation, r.relname, r.relispartition,
        r.name || '.' || quote_ident(own_name(c.conname, r)) as name, c.oid, c.conname, c.contype,
        c.conrelid, c.conindid, c.conkey, c.conislocal, c.conparentid, c.connoinherit,
        c.convalidated
    from relation r
    join pg_constraint c on c.conrelid = r.oid
    where r.relkind in ('r', 'p', 'f') and is_managed(pg_constraint, c.oid)
),
index as materialized (
    select r.schema, r.nspname, r.hint, r.path, r.name as relation,
        quote_ident(own_name(x.relname, r)) as name,
        x.relname, x.relkind, x.relispartition, x.reltablespace, x.reloptions, i.indexrelid,
        i.indrelid, i.indisunique, i.indisvalid, i.indisclustered, i.indisreplident,
        i.indexprs is not null as has_expressions,
        i.indexrelid in (
            select c.conindid from table_constraint c where c.contype in ('p', 'u', 'x')
        ) as of_constraint
    from relation r
    join pg_index i on i.indrelid = r.oid
    join pg_class x on x.oid = i.indexrelid
    where r.relkind in ('r', 'p', 'm') and is_managed(pg_class, i.indexrelid)
),
-- Without those that implement constraints, unless their state is not the usual one; a partition's
-- copy of its parent's is here.
table_trigger as materialized (
    select r.schema, r.hint, r.path, r.name as relation,
        quote_ident(own_name(t.tgname, r)) as trigger,
        r.name || '.' || quote_ident(own_name(t.tgname, r)) as name,
        t.oid, t.tgenabled, t.tgparentid,
        t.tgconstraint, t.tgrelid, t.tgisinternal and t.tgparentid = 0 as is_internal
    from relation r
    join pg_trigger t
        on t.tgrelid = r.oid
        and (not t.tgisinternal or t.tgparentid <> 0 or t.tgenabled <> 'O')
    where r.relhastriggers and is_managed(pg_trigger, t.oid)
),
-- Without the types of tables and of arrays.
own_type as materialized (
    select m.schema, m.hint, m.path, quote_ident(t.typname) as name, t.*
    from member m
    join pg_type t on t.oid = m.objid
    where m.classid = 'pg_type'::regclass
),
-- Functions, procedures and aggregates, without the constructors that come with range types.
program as materialized (
    select m.schema, m.nspname, m.hint, m.path,
        case when set_config('search_path', m.path, true) <> '' then
            p.oid::regprocedure::text
        end as name,
        p.oid, p.prokind, p.proname, p.proparallel
    from member m
    join pg_proc p on p.oid = m.objid
    where m.classid = 'pg_proc'::regclass and not exists (
        select from pg_depend d
        where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'i'
    )
),
-- Casts and transforms live in no schema; they belong to those of the types they are for.
own_cast as materialized (
    select x.schema, x.hint, x.path, c.oid, c.castmethod, c.castfunc, c.castcontext,
        case when set_config('search_path', x.path, true) <> '' then
            '(' || format_type(c.castsource, null) || ' AS ' || format_type(c.casttarget, null)
            || ')'
        end as name
    from (
        select distinct k.schema, k.hint, k.path, d.objid
        from (
            select t.schema, t.hint, t.path, unnest(array[t.oid, t.typarray]) as type
            from own_type t
            union all
            select r.schema, r.hint, r.path, r.reltype from relation r where r.reltype <> 0
        ) k
        join pg_depend d
            on d.refclassid = 'pg_type'::regclass and d.refobjid = k.type
            and d.classid = 'pg_cast'::regclass
    ) x
    join pg_cast c on c.oid = x.objid
    where is_managed(pg_type, c.castsource) and is_managed(pg_type, c.casttarget)
        and not exists (
            select from pg_depend e
            where e.classid = 'pg_cast'::regclass and e.objid = c.oid and e.deptype in ('e', 'i')
        )
),
own_transform as materialized (
    select t.schema, t.hint, t.path, f.oid, f.trffromsql, f.trftosql,
        case when set_config('search_path', t.path, true) <> '' then
            'FOR ' || format_type(t.oid, null) || ' LANGUAGE ' || quote_ident(l.lanname)
        end as name
    from own_type t
    join pg_transform f on f.trftype = t.oid
    join pg_language l on l.oid = f.trflang
)
