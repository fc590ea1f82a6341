select r.schema, r.name, r.name as owner,
    case when set_config('search_path', r.path, true) <> '' then
        format_type(r.reloftype, null)
    end as definition,
    0 as position
from relation r
where r.reloftype <> 0
