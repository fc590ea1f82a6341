-- Roles that were made for scratch, and of which there is no database any more.
select r.rolname
from pg_roles r
join pg_shdescription d on d.classoid = 'pg_authid'::regclass and d.objoid = r.oid
where d.description = %s
    and not exists (select from pg_database d where starts_with(d.datname, %s))
