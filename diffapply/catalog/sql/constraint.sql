-- Constraints that only repeat a parent's are the parent's fact; those that an index of their
-- own backs are named here even then, because that index can be attached or not.
select c.schema, c.name, c.relation as owner,
    case when set_config('search_path', c.path, true) <> '' then
        pg_get_constraintdef(c.oid)
    end as definition,
    0 as position, c.hint
from table_constraint c
where c.contype in ('p', 'u', 'x')
    or (c.contype in ('c', 'f') and c.conislocal and c.conparentid = 0)
