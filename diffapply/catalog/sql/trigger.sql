-- The pretty form is the one that leaves out a schema in the search path.
select t.schema, t.name, t.relation as owner,
    case when set_config('search_path', t.path, true) <> '' then
        pg_get_triggerdef(t.oid, true)
    end as definition,
    0 as position
from table_trigger t
where t.tgparentid = 0
