select r.schema, r.name, r.name as owner,
    case when set_config('search_path', r.path, true) <> '' then (
        select string_agg(i.inhparent::regclass::text, ', ' order by i.inhseqno)
        from pg_inherits i
        where i.inhrelid = r.oid
    ) end as definition,
    0 as position
from relation r
where r.relkind in ('r', 'f') and not r.relispartition
    and exists (select from pg_inherits i where i.inhrelid = r.oid)
