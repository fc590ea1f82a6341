-- What every kind of fact starts from: the schemas asked for, their members, their relations.
-- Members are found through pg_depend, which has an index on what is depended upon: the cost
-- grows with the schemas asked for, not with the database. Members of extensions are left out.
-- `path` makes PostgreSQL write names without the schema: it is set, row by row, right before
-- a definition is written (CASE fixes the order), so that one query serves many tenants.
schema as materialized (
    select n.oid, n.nspname, quote_ident(n.nspname) || ', pg_catalog, pg_temp' as path
    from pg_namespace n
    where n.oid = any ($1)
),
member as materialized (
    select s.oid as schema, s.nspname, s.path, d.classid, d.objid
    from schema s
    join pg_depend d
        on d.refclassid = 'pg_namespace'::regclass and d.refobjid = s.oid and d.deptype = 'n'
    where not exists (
        select from pg_depend e
        where e.classid = d.classid and e.objid = d.objid
            and e.refclassid = 'pg_extension'::regclass and e.deptype = 'e'
    )
),
relation as materialized (
    select m.schema, m.nspname, m.path, c.oid, quote_ident(c.relname) as name, c.relname,
        c.relkind, c.relpersistence, c.relam, c.reloptions, c.reltablespace, c.reloftype,
        c.relpartbound, c.relispartition, c.relreplident, c.relrowsecurity,
        c.relforcerowsecurity, c.reltoastrelid, c.relhastriggers, c.relhasrules
    from member m
    join pg_class c on c.oid = m.objid
    where m.classid = 'pg_class'::regclass
),
attribute as materialized (
    select r.schema, r.path, r.name as relation, r.relname, r.relkind, r.relispartition,
        r.name || '.' || quote_ident(a.attname) as name, a.attrelid, a.attnum, a.attname,
        a.atttypid, a.atttypmod, a.attcollation, a.attnotnull, a.attgenerated, a.attidentity,
        a.attislocal, a.attinhcount, a.attstorage, a.attcompression, a.attstattarget,
        a.attoptions, a.attfdwoptions, a.atthasdef, t.typstorage, t.typcollation
    from relation r
    join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
    join pg_type t on t.oid = a.atttypid
    where r.relkind in ('r', 'p', 'f', 'm', 'v')
),
index as materialized (
    select r.schema, r.nspname, r.path, r.name as relation, quote_ident(x.relname) as name,
        x.relname, x.relkind, x.relispartition, x.reltablespace, i.indexrelid, i.indrelid,
        i.indisunique, i.indisvalid, i.indisclustered, i.indisreplident,
        i.indexprs is not null as has_expressions
    from relation r
    join pg_index i on i.indrelid = r.oid
    join pg_class x on x.oid = i.indexrelid
    where r.relkind in ('r', 'p', 'm')
),
table_constraint as materialized (
    select r.schema, r.path, r.name as relation, r.relname, r.relispartition,
        r.name || '.' || quote_ident(c.conname) as name, c.oid, c.conname, c.contype,
        c.conrelid, c.conindid, c.conkey, c.conislocal, c.conparentid, c.connoinherit,
        c.convalidated
    from relation r
    join pg_constraint c on c.conrelid = r.oid
    where r.relkind in ('r', 'p', 'f')
),
-- Without those that implement constraints; a partition's copy of its parent's is here.
table_trigger as materialized (
    select r.schema, r.path, r.name as relation, r.name || '.' || quote_ident(t.tgname) as name,
        t.oid, t.tgname, t.tgenabled, t.tgparentid, t.tgconstraint
    from relation r
    join pg_trigger t on t.tgrelid = r.oid and (not t.tgisinternal or t.tgparentid <> 0)
    where r.relhastriggers
)
