-- What server and database this is, and what the role may do there.
select current_setting('server_version_num')::int, current_database(),
    (select system_identifier from pg_control_system()) || '/' || d.oid || '/' || d.datname,
    current_user, r.rolsuper, (r.rolcreatedb or r.rolsuper) and not pg_is_in_recovery(),
    pg_is_in_recovery(), d.datcollate
from pg_database d, pg_roles r
where d.datname = current_database() and r.rolname = current_user
