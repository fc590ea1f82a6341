select r.schema, quote_ident(x.relname) as name, r.name as owner,
    case when set_config('search_path', r.path, true) <> '' then
        'TO ' || h.inhparent::regclass::text
    end as definition,
    0 as position
from relation r
join pg_index i on i.indrelid = r.oid
join pg_class x on x.oid = i.indexrelid and x.relispartition
join pg_inherits h on h.inhrelid = x.oid
