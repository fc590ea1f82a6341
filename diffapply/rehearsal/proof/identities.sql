-- What others may hang on of a schema: kind, name, part, what it is known by: oid, and what it is a
-- part of or its number there. Then what they hang on beside that: the type of a column, the
-- attributes of a type, the file of a table. Last what sort it is, and of a column its type.
with schema as (
    select n.oid, quote_ident(n.nspname) || '.' as prefix
    from pg_namespace n
    where n.nspname = %(schema)s
),
relation as materialized (
    select c.oid, c.relname, c.relkind, c.relfilenode
    from schema s join pg_class c on c.relnamespace = s.oid
)
select 'relation', r.relname, '', r.oid::bigint, 0::bigint,
    case when r.relkind in ('r', 'm') then r.relfilenode::text else '' end,
    case r.relkind
        when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence'
        when 'i' then 'index' when 'I' then 'index' when 'f' then 'foreign table' else 'table'
    end
from relation r
where r.relkind <> 'c'
union all
select 'column', r.relname, a.attname, r.oid::bigint, a.attnum,
    concat_ws(' ', a.atttypid, a.atttypmod, a.attcollation),
    replace(format_type(a.atttypid, a.atttypmod), (select s.prefix from schema s), '')
from relation r
join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
where r.relkind in ('r', 'p', 'v', 'm', 'f')
union all
select 'constraint', r.relname, k.conname, k.oid::bigint, r.oid::bigint, '', 'constraint'
from relation r
join pg_constraint k on k.conrelid = r.oid
union all
-- Without those of tables, and of arrays.
select 'type', t.typname, '', t.oid::bigint, 0, coalesce((
        select string_agg(concat_ws(' ', a.attnum, a.atttypid, a.atttypmod), ', ' order by a.attnum)
        from pg_attribute a
        where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
    ), ''), 'type'
from schema s
join pg_type t on t.typnamespace = s.oid
left join pg_class c on c.oid = t.typrelid
where (t.typrelid = 0 or c.relkind = 'c')
    and not exists (select from pg_type e where e.typarray = t.oid)
union all
select 'routine', p.proname, replace(oidvectortypes(p.proargtypes), s.prefix, ''), p.oid::bigint, 0,
    '', 'routine'
from schema s
join pg_proc p on p.pronamespace = s.oid
