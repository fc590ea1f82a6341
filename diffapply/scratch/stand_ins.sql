-- What takes in scratch the place of views that read tenants: schema, then the statement. It has
-- the same columns, and no rows.
with tenant as materialized (
    select n.oid
    from pg_namespace n
    where n.nspname = any (%(tenants)s) and n.nspname <> all (%(shared)s)
)
select n.nspname, format(
    'create %%s %%I.%%I as select %%s where false',
    case c.relkind when 'm' then 'materialized view' else 'view' end, n.nspname, c.relname, (
        select string_agg(
            format(
                'null::%%s%%s as %%I', format_type(a.atttypid, a.atttypmod),
                case when a.attcollation <> t.typcollation then
                    format(' collate %%s', a.attcollation::regcollation)
                end,
                a.attname
            ),
            ', ' order by a.attnum
        )
        from pg_attribute a
        join pg_type t on t.oid = a.atttypid
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    )
)
from pg_namespace n
join pg_class c on c.relnamespace = n.oid and c.relkind in ('v', 'm')
join pg_rewrite w on w.ev_class = c.oid and w.rulename = '_RETURN'
where n.nspname = any (%(shared)s) and exists (
    select
    from pg_depend d
    join pg_class x on x.oid = d.refobjid
    where d.classid = 'pg_rewrite'::regclass and d.objid = w.oid
        and d.refclassid = 'pg_class'::regclass
        and x.relnamespace in (select t.oid from tenant t)
)
order by c.oid
