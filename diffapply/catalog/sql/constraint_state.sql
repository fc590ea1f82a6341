-- Of constraints that triggers of PostgreSQL's own check: the state of these where it is not the
-- usual one, such as DISABLE, which ALTER TABLE ... DISABLE TRIGGER ALL leaves. Then new rows may
-- break the constraint. A foreign key has triggers on the other table, too; they do not count where
-- that table is not the tenant's. What partitions have of it is told of the whole: only with that
-- can it be added again.
select s.schema, s.name, s.relation as owner,
    string_agg(distinct s.state, ', ' order by s.state) as definition,
    0 as position
from (
    select whole.schema, whole.name, whole.relation,
        case t.tgenabled
            when 'D' then 'DISABLE' when 'R' then 'ENABLE REPLICA' else 'ENABLE ALWAYS'
        end || case when t.tgrelid <> c.conrelid then ' WHERE REFERRED TO' else '' end as state
    from table_trigger t
    join table_constraint c on c.oid = t.tgconstraint and c.contype <> 't'
    cross join lateral (
        with recursive above (oid, level) as (
            select c.oid, 0
            union all
            select p.conparentid, a.level + 1
            from above a
            join pg_constraint p on p.oid = a.oid
            where p.conparentid <> 0
        )
        select w.schema, w.name, w.relation
        from above a
        join table_constraint w on w.oid = a.oid and w.schema = c.schema
        order by a.level desc
        limit 1
    ) whole
    where t.tgenabled <> 'O'
) s
group by s.schema, s.name, s.relation
