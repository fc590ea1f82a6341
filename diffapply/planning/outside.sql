-- What there is beside schemas' own contents: kind, name, and what it is.
select 'schema' as kind, nspname::text as name, '' as its
from pg_namespace
where nspname !~ '^pg_' and nspname <> 'information_schema'
union all
select 'extension', e.extname, extversion || ' in ' || n.nspname
from pg_extension e join pg_namespace n on n.oid = e.extnamespace
union all
select 'event trigger', evtname, evtenabled::text || evtfoid::regprocedure::text from pg_event_trigger
union all
select 'publication', pubname, pubowner::text from pg_publication
union all
select 'foreign-data wrapper', fdwname, fdwoptions::text from pg_foreign_data_wrapper
union all
select 'foreign server', srvname, srvoptions::text from pg_foreign_server
union all
select 'language', lanname, lanplcallfoid::text from pg_language
union all
select 'rights in schema', n.nspname::text, (
    select count(*) || ' ' || sum(hashtextextended(concat_ws(' ', x.oid, x.owner, x.acl), 0))
    from (
        select n.oid, n.nspowner as owner, n.nspacl::text as acl
        union all
        select c.oid, c.relowner, c.relacl::text from pg_class c where c.relnamespace = n.oid
        union all
        select a.attrelid, a.attnum::oid, a.attacl::text
        from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attacl is not null
        where c.relnamespace = n.oid
        union all
        select p.oid, p.proowner, p.proacl::text from pg_proc p where p.pronamespace = n.oid
        union all
        select t.oid, t.typowner, t.typacl::text from pg_type t where t.typnamespace = n.oid
    ) x
)
from pg_namespace n
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
