-- The settings of this server and role that a structure could depend on, as a digest: what a new
-- session has. So what the URL and PGOPTIONS say counts, and what another client of a pooler has
-- left does not. Those of extensions that nobody has set are left out: they are known only once a
-- library is loaded.
select encode(sha256(convert_to(string_agg(s.said, ' ' order by s.said), 'UTF8')), 'hex')
from (
    select format('%s=%L', name, reset_val)
    from pg_settings
    where context in ('user', 'superuser') and name <> 'application_name'
        and (name !~ '\.' or source not in ('default', 'session'))
    union all
    select format('%s %s', s.setrole, s.setconfig)
    from pg_db_role_setting s
    left join pg_roles r on r.oid = s.setrole
    where s.setdatabase = 0 and (s.setrole = 0 or r.rolname = current_user)
) s (said)
