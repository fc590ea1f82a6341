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
