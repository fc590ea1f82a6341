-- pg_get_ruledef names the schema of the table after TO: see trigger.sql.
select r.schema, r.name || '.' || quote_ident(r.rulename) as name, r.name as owner,
    case when set_config('search_path', r.path, true) <> '' then
        r.head || rtrim(
            substr(pg_get_ruledef(r.oid), 1 + length(r.head || quote_ident(r.nspname) || '.')), ';'
        )
    end as definition,
    0 as position, r.hint
from (
    select t.schema, t.hint, t.path, t.name, t.nspname, w.oid, w.rulename,
        'CREATE RULE ' || quote_ident(w.rulename) || ' AS' || chr(10) || '    ON '
        || case w.ev_type
            when '1' then 'SELECT' when '2' then 'UPDATE' when '3' then 'INSERT' else 'DELETE'
        end || ' TO ' as head
    from relation t
    join pg_rewrite w on w.ev_class = t.oid and w.rulename <> '_RETURN'
    where t.relhasrules and is_managed(pg_rewrite, w.oid)
) r
