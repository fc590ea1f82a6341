-- What each schema holds: its owner if we are not of it, its tables, their bytes with indexes, and
-- an estimate of their rows. A partitioned table has none of its own.
select
    n.nspname,
    case when not pg_has_role(n.nspowner, 'usage') then pg_get_userbyid(n.nspowner) end,
    count(c.oid),
    coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint,
    coalesce(sum(greatest(c.reltuples, s.n_live_tup, 0)), 0)::bigint,
    array_agg(format('%%I.%%I', n.nspname, c.relname) order by c.relname)
        filter (where pg_relation_size(c.oid) <= %(largest)s),
    coalesce(sum(greatest(c.reltuples, s.n_live_tup, 0))
        filter (where pg_relation_size(c.oid) > %(largest)s), 0)::bigint
from pg_namespace n
left join pg_class c on c.relnamespace = n.oid and c.relkind in ('r', 'm')
left join pg_stat_all_tables s on s.relid = c.oid
where n.nspname = any (%(schemas)s::text[])
group by n.oid, n.nspname, n.nspowner
