-- Whether the role may do more than build in a database that it owns.
select r.rolsuper or r.rolcreaterole or r.rolcreatedb or r.rolreplication or r.rolbypassrls
    or exists (select from pg_catalog.pg_auth_members m where m.member = r.oid)
from pg_catalog.pg_roles r
where r.rolname = session_user
