-- What there is beside schemas' own contents: kind, name, and what it is.
select 'schema' as kind, nspname::text as name, '' as its
from pg_namespace
where nspname !~ '^pg_' and nspname <> 'information_schema'
union all
select 'extension', e.extname, extversion || ' in ' || n.nspname
from pg_extension e join pg_namespace n on n.oid = e.extnamespace
union all
select 'event trigger', evtname, evtenabled::text || evtfoid::regprocedure::text
from pg_event_trigger
union all
select 'publication', pubname, pubowner::text from pg_publication
union all
select 'foreign-data wrapper', fdwname, fdwoptions::text from pg_foreign_data_wrapper
union all
select 'foreign server', srvname, srvoptions::text from pg_foreign_server
union all
select 'language', lanname, lanplcallfoid::text from pg_language
union all
select 'rights in schema', n.nspname::text,
    count(*) || ' ' || sum(hashtextextended(concat_ws(' ', x.oid, x.owner, x.acl), 0))
from pg_namespace n
join (
    select oid as schema, oid, nspowner as owner, nspacl::text as acl from pg_namespace
    union all
    select relnamespace, oid, relowner, relacl::text from pg_class
    union all
    select c.relnamespace, a.attrelid, a.attnum::oid, a.attacl::text
    from pg_attribute a join pg_class c on c.oid = a.attrelid
    where a.attacl is not null
    union all
    select pronamespace, oid, proowner, proacl::text from pg_proc
    union all
    select typnamespace, oid, typowner, typacl::text from pg_type
) x on x.schema = n.oid
where n.nspname = any (%(shared)s)
group by n.nspname
union all
-- Rows that are changed are locked; if all go at once, the table has another file.
select 'rows of', format('%%I.%%I', n.nspname, c.relname),
    concat_ws(' ', pg_relation_filenode(c.oid), (
        select 'changed' from pg_locks l
        where l.pid = pg_backend_pid() and l.locktype = 'relation' and l.granted
            and l.relation = c.oid and l.mode = 'RowExclusiveLock'
    ))
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = any (%(shared)s) and n.nspname <> all (%(own)s) and c.relkind in ('r', 'p')
