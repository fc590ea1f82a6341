-- DEPENDS ON EXTENSION: what is dropped with an extension without being a member of it.
select o.schema, o.name || ' DEPENDS ON EXTENSION ' || quote_ident(e.extname) as name, o.owner,
    o.name as definition, 0 as position
from (
    select p.schema, 'pg_proc'::regclass as classid, p.oid as objid,
        case p.prokind when 'p' then 'PROCEDURE ' else 'FUNCTION ' end || p.name as name,
        p.name as owner
    from program p
    union all
    select t.schema, 'pg_trigger'::regclass, t.oid,
        'TRIGGER ' || t.trigger || ' ON ' || t.relation, t.relation
    from table_trigger t
    union all
    select i.schema, 'pg_class'::regclass, i.indexrelid, 'INDEX ' || i.name, i.relation
    from index i
    union all
    select r.schema, 'pg_class'::regclass, r.oid, 'MATERIALIZED VIEW ' || r.name, r.name
    from relation r
    where r.relkind = 'm'
) o
join pg_depend d on d.classid = o.classid and d.objid = o.objid and d.deptype = 'x'
join pg_extension e on d.refclassid = 'pg_extension'::regclass and e.oid = d.refobjid
-- Mostly there is none in the whole database; then nothing is looked up.
where exists (
    select from pg_depend a where a.refclassid = 'pg_extension'::regclass and a.deptype = 'x'
)
