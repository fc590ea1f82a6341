-- Whether what runs in this session may do everything.
select bool_or(r.rolsuper) from pg_catalog.pg_roles r
where r.rolname in (current_user, session_user)
