-- What runs, and what follows, where rows are changed: one row for each thing that another leads
-- to, as (what leads, what it leads to). Relations and routines are oids; `events` are the bits of
-- pg_trigger.tgtype, of which one must be in the event. In an order that names tell: the same plan
-- is to say the same.
select 'trigger' as kind, t.tgrelid::int8 as leads, t.tgfoid::int8 as to, t.tgtype & 60 as events,
    t.tgname as name
from pg_trigger t
where not t.tgisinternal and t.tgenabled in ('O', 'A')
union all
select 'reference', k.confrelid, k.conrelid,
    case when k.confdeltype in ('c', 'n', 'd') then 8 else 0 end
    | case when k.confupdtype in ('c', 'n', 'd') then 16 else 0 end,
    k.conname
from pg_constraint k
where k.contype = 'f'
union all
select 'child', i.inhparent, i.inhrelid, 60, c.relname
from pg_inherits i
join pg_class c on c.oid = i.inhrelid
order by kind, name, leads
