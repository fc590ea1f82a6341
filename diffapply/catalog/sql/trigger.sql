-- The pretty form is the one that leaves out a schema in the search path.
select r.schema, r.name || '.' || quote_ident(t.tgname) as name, r.name as owner,
    case when set_config('search_path', r.path, true) <> '' then
        pg_get_triggerdef(t.oid, true)
    end as definition,
    0 as position
from relation r
join pg_trigger t on t.tgrelid = r.oid and not t.tgisinternal and t.tgparentid = 0
