-- Statements that let the role build: in all schemas, with foreign servers and in tablespaces.
select pg_catalog.format('grant usage, create on schema %I to {role}', n.nspname)
from pg_catalog.pg_namespace n
where not pg_catalog.starts_with(n.nspname::text, 'pg_') and n.nspname <> 'information_schema'
union all
select pg_catalog.format('grant usage on foreign server %I to {role}', s.srvname)
from pg_catalog.pg_foreign_server s
union all
select pg_catalog.format('grant create on tablespace %I to {role}', t.spcname)
from pg_catalog.pg_tablespace t
where not pg_catalog.starts_with(t.spcname::text, 'pg_')
    and pg_catalog.has_tablespace_privilege(t.oid, 'create with grant option')
