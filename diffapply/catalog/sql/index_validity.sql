-- An index of a partitioned table is as valid as what is attached to it. That is told already by
-- the indexes of its partitions. But if all partitions that are structure have valid ones, another
-- one has none: one that is ignored, that is in another schema, or that is gone by now. Foreign
-- tables have none at all: beside them, an index that was built piece by piece is never valid.
select i.schema, i.name, i.relation as owner, 'INVALID' as definition, 0 as position
from index i
where not i.indisvalid and (
    i.relkind = 'i' or not exists (
        select from pg_inherits p
        join pg_class c on c.oid = p.inhrelid
        where p.inhparent = i.indrelid and c.relkind = 'f'
    ) and not exists (
        select from relation r
        join pg_inherits p on p.inhrelid = r.oid and p.inhparent = i.indrelid
        where not exists (
            select from pg_inherits h
            join pg_index x on x.indexrelid = h.inhrelid
            where h.inhparent = i.indexrelid and x.indrelid = r.oid and x.indisvalid
        )
    )
)
