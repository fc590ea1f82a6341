-- Those of these schemas that there are and that the role may use.
select nspname from pg_namespace
where nspname = any (%s) and has_schema_privilege(oid, 'usage')
