-- What stands in a schema, of the kinds that take the rest along: the word after DROP, the name.
-- The order is that in which most goes along.
select k.kind, k.name
from (
    select case c.relkind
            when 'v' then 'view' when 'm' then 'materialized view' when 'f' then 'foreign table'
            when 'S' then 'sequence' when 'c' then 'type' else 'table'
        end as kind,
        format('%%I.%%I', n.nspname, c.relname) as name,
        array_position('{r,p,f,m,v,c,S}'::text[], c.relkind::text) as place
    from pg_namespace n
    join pg_class c on c.relnamespace = n.oid and c.relkind in ('r', 'p', 'f', 'm', 'v', 'c', 'S')
    where n.nspname = %(schema)s
    union all
    select 'type', format('%%I.%%I', n.nspname, t.typname), 8
    from pg_namespace n
    join pg_type t on t.typnamespace = n.oid and t.typtype in ('e', 'd', 'r')
    where n.nspname = %(schema)s
    union all
    select 'routine', p.oid::regprocedure::text, 9
    from pg_namespace n
    join pg_proc p on p.pronamespace = n.oid
    where n.nspname = %(schema)s
) k
order by k.place, k.name
