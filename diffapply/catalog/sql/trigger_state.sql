-- A partition's copy of its parent's trigger is a fact only where its state is another.
select t.schema, t.name, t.relation as owner,
    case t.tgenabled
        when 'D' then 'DISABLE' when 'R' then 'ENABLE REPLICA' when 'A' then 'ENABLE ALWAYS'
        else 'ENABLE'
    end as definition,
    0 as position
from table_trigger t
left join pg_trigger parent on parent.oid = t.tgparentid
where t.tgenabled <> coalesce(parent.tgenabled, 'O')
    and not exists (
        select from pg_constraint c where c.oid = t.tgconstraint and c.contype <> 't'
    )
