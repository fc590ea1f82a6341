-- Of how many roles the role is a member.
select count(*) from pg_auth_members m join pg_roles r on r.oid = m.member where r.rolname = %s
