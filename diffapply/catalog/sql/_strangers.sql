-- Whose the members are, if that is a stranger. An owner who is not the bootstrap superuser stands
-- in pg_shdepend, whatever it is that is owned.
select o.schema, 'stranger'::text as kind, r.rolname::text as name, ''::text as owner,
    ''::text as definition, 0 as position,
    null::text as says
from (
    select distinct m.schema, o.refobjid as role
    from every_member m
    join pg_shdepend o
        on o.dbid = (select d.oid from pg_database d where d.datname = current_database())
        and o.classid = m.classid and o.objid = m.objid and o.deptype = 'o'
        and o.refclassid = 'pg_authid'::regclass
) o
join pg_roles r on r.oid = o.role
where {stranger}
