-- Constraints that only repeat a parent's are the parent's fact; those that an index of their
-- own backs are named here even then, because that index can be attached or not.
select r.schema, r.name || '.' || quote_ident(c.conname) as name, r.name as owner,
    case when set_config('search_path', r.path, true) <> '' then
        pg_get_constraintdef(c.oid)
    end as definition,
    0 as position
from relation r
join pg_constraint c on c.conrelid = r.oid
where c.contype in ('p', 'u', 'x') or (c.contype in ('c', 'f') and c.conislocal and c.conparentid = 0)
