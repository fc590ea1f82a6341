-- A constraint that only repeats a parent's is the parent's fact, unless it is valid where the
-- parent's is not.
select c.schema, c.name, c.relation as owner, 'VALID' as definition, 0 as position
from table_constraint c
where c.contype = 'c' and not c.conislocal and c.convalidated and exists (
    select from pg_inherits i
    join pg_constraint p on p.conrelid = i.inhparent and p.conname = c.conname
    where i.inhrelid = c.conrelid and p.contype = 'c' and not p.convalidated
)
union all
-- A foreign key to a partitioned table has more copies, at its own table.
select c.schema, c.name, c.relation, 'VALID', 0
from table_constraint c
join pg_constraint p on p.oid = c.conparentid
where c.contype = 'f' and c.convalidated and not p.convalidated and p.conrelid <> c.conrelid
