-- Whether a role r (of pg_roles) is a stranger: no superuser, and anybody can be it who is neither
-- a superuser nor the role of the session, because that one may log in and is r or a member of it.
-- Nobody can plant code as a role that owns things and is nobody's.
not r.rolsuper and r.rolname <> session_user and (
    exists (
        with recursive who (oid) as (
            select r.oid
            union
            select m.member from who w join pg_auth_members m on m.roleid = w.oid
        )
        select
        from who w
        join pg_roles a on a.oid = w.oid
        where a.rolcanlogin and not a.rolsuper and a.rolname <> session_user
    )
    -- Before PostgreSQL 16, who may make roles can be any.
    or current_setting('server_version_num')::integer < 160000 and exists (
        select
        from pg_roles a
        where a.rolcanlogin and a.rolcreaterole and not a.rolsuper and a.rolname <> session_user
    )
)
