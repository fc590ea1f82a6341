select i.schema, i.name, i.relation as owner,
    case when set_config('search_path', i.path, true) <> '' then
        'TO ' || h.inhparent::regclass::text
    end as definition,
    0 as position
from index i
join pg_inherits h on h.inhrelid = i.indexrelid
where i.relispartition
