select r.schema, r.name, r.name as owner,
    string_agg(
        case when set_config('search_path', r.path, true) <> '' then
            i.inhparent::regclass::text
        end, ', ' order by i.inhseqno
    ) as definition,
    0 as position
from relation r
join pg_inherits i on i.inhrelid = r.oid
where r.relkind in ('r', 'f') and not r.relispartition
group by r.schema, r.name
