-- Whose the members are, where that is neither a superuser nor the role of the session. An owner
-- who is no bootstrap superuser stands in pg_shdepend, whatever it is that is owned.
select m.schema, 'stranger'::text as kind, r.rolname::text as name, ''::text as owner,
    ''::text as definition, 0 as position
from member m
join pg_shdepend o
    on o.dbid = (select d.oid from pg_database d where d.datname = current_database())
    and o.classid = m.classid and o.objid = m.objid and o.deptype = 'o'
join pg_roles r on o.refclassid = 'pg_authid'::regclass and r.oid = o.refobjid
where not r.rolsuper and r.rolname <> session_user
group by m.schema, r.rolname
