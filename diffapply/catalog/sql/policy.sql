select r.schema, r.name || '.' || quote_ident(own_name(p.polname, r)) as name, r.name as owner,
    case when set_config('search_path', r.path, true) <> '' then concat_ws(
        ' ',
        'AS ' || case when p.polpermissive then 'PERMISSIVE' else 'RESTRICTIVE' end,
        'FOR ' || case p.polcmd
            when 'r' then 'SELECT' when 'a' then 'INSERT' when 'w' then 'UPDATE'
            when 'd' then 'DELETE' else 'ALL'
        end,
        'TO ' || (
            select string_agg(
                case role when 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(role)) end,
                ', ' order by role = 0 desc, pg_get_userbyid(role) collate "C"
            )
            from unnest(p.polroles) role
        ),
        'USING (' || pg_get_expr(p.polqual, p.polrelid) || ')',
        'WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')'
    ) end as definition,
    0 as position, r.hint
from relation r
join pg_policy p on p.polrelid = r.oid and is_managed(pg_policy, p.oid)
