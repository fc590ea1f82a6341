-- In a caller's session, in one round trip: whose token it is, and the token.
select (select s.system_identifier from pg_catalog.pg_control_system() s),
    pg_catalog.current_database(), n.oid, t.columns, t.rest
from pg_catalog.pg_namespace n
cross join lateral diffapply.{name}(n.oid) t
where n.nspname operator(pg_catalog.=) {schema}::pg_catalog.name
