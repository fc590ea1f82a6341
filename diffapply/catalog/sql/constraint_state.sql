-- Of constraints that triggers of PostgreSQL's own check: the state of these where it is not the
-- usual one, such as DISABLE, which ALTER TABLE ... DISABLE TRIGGER ALL leaves. Then new rows may
-- break the constraint. A foreign key has triggers on the other table, too; they do not count where
-- that table is not the tenant's.
select s.schema, s.name, s.relation as owner,
    string_agg(distinct s.state, ', ' order by s.state) as definition,
    0 as position
from (
    select c.schema, c.name, c.relation,
        case t.tgenabled
            when 'D' then 'DISABLE' when 'R' then 'ENABLE REPLICA' else 'ENABLE ALWAYS'
        end || case when t.tgrelid <> c.conrelid then ' WHERE REFERRED TO' else '' end as state
    from table_trigger t
    join table_constraint c on c.oid = t.tgconstraint and c.contype <> 't'
    where t.tgenabled <> 'O'
) s
group by s.schema, s.name, s.relation
