-- A partition's check that only repeats its table's is the table's fact, unless it is valid where
-- the table's is not.
select c.schema, c.name, c.relation as owner, 'VALID' as definition, 0 as position
from table_constraint c
where c.contype = 'c' and not c.conislocal and c.relispartition and c.convalidated and exists (
    select from pg_inherits i
    join pg_constraint p on p.conrelid = i.inhparent and p.conname = c.conname
    where i.inhrelid = c.conrelid and p.contype = 'c' and not p.convalidated
)
