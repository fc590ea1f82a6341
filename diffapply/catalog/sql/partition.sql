select r.schema, r.name, r.name as owner,
    case when set_config('search_path', r.path, true) <> '' then
        'OF ' || i.inhparent::regclass::text || ' ' || pg_get_expr(r.relpartbound, 0)
        || case when i.inhdetachpending then ' DETACH PENDING' else '' end
    end as definition,
    0 as position, r.hint
from relation r
join pg_inherits i on i.inhrelid = r.oid
where r.relispartition
