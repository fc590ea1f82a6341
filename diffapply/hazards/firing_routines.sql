-- All routines of which the text tells what they do: oid, name, body, and how it is told.
select p.oid::int8, p.proname, coalesce(pg_get_function_sqlbody(p.oid), p.prosrc),
    case when n.nspname = %(schema)s then quote_ident(p.proname)
    else format('%%I.%%I', n.nspname, p.proname) end
from pg_proc p
join pg_namespace n on n.oid = p.pronamespace
join pg_language l on l.oid = p.prolang
where l.lanname not in ('internal', 'c') and n.nspname not in ('pg_catalog', 'information_schema')
order by n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)
