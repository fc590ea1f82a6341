-- Who has, or waits before us for, a lock that is in the way. Others' states may be hidden.
select
    n.nspname,
    format('%%I.%%I', n.nspname, c.relname),
    case when n.nspname = any (%(schemas)s) then quote_ident(c.relname) end,
    l.granted,
    l.mode,
    l.pid,
    a.application_name,
    coalesce(a.state, a.backend_type),
    {since}
from pg_locks l
join pg_class c on c.oid = l.relation
join pg_namespace n on n.oid = c.relnamespace
left join pg_stat_activity a on a.pid = l.pid
left join (
    select to_regclass(name) as relation, mode
    from unnest(%(tables)s::text[], %(modes)s::text[]) u (name, mode)
) w on w.relation = l.relation and w.mode = l.mode
where l.locktype = 'relation'
    and l.database = (select oid from pg_database where datname = current_database())
    and l.pid is distinct from pg_backend_pid()
    and (n.nspname !~ '^pg_' or n.nspname = 'pg_catalog')
    and case
        when cardinality(%(tables)s::text[]) > 0 then w.relation is not null
        when l.mode = 'AccessExclusiveLock' then true
        else %(any_mode)s and n.nspname = any (%(schemas)s)
    end
order by l.granted desc, n.nspname = any (%(schemas)s) desc, l.mode = 'AccessExclusiveLock' desc, 2
