-- pg_get_triggerdef names the schema of the table after ON: what comes in front is known to the
-- letter, so that it is cut off by its length. (Its pretty form names no schema, but leaves out
-- parentheses that are structure.)
select t.schema, t.name, t.relation as owner,
    case when set_config('search_path', t.path, true) <> '' then
        t.start || t.trigger || t.head || substr(
            pg_get_triggerdef(t.oid),
            1 + length(t.start || t.called || t.head || quote_ident(t.nspname) || '.')
        )
    end as definition,
    0 as position, t.hint
from (
    select k.schema, k.hint, k.path, k.name, k.relation, k.trigger, k.oid, r.nspname,
        quote_ident(g.tgname) as called,
        'CREATE ' || case when k.tgconstraint <> 0 then 'CONSTRAINT ' else '' end
        || 'TRIGGER ' as start,
        ' ' || case when g.tgtype & 2 > 0 then 'BEFORE'
            when g.tgtype & 64 > 0 then 'INSTEAD OF' else 'AFTER' end
        || ' ' || concat_ws(
            ' OR ',
            case when g.tgtype & 4 > 0 then 'INSERT' end,
            case when g.tgtype & 8 > 0 then 'DELETE' end,
            case when g.tgtype & 16 > 0 then 'UPDATE' || coalesce(' OF ' || (
                select string_agg(quote_ident(a.attname), ', ' order by u.place)
                from unnest(g.tgattr::int2[]) with ordinality u (attnum, place)
                join pg_attribute a on a.attrelid = g.tgrelid and a.attnum = u.attnum
            ), '') end,
            case when g.tgtype & 32 > 0 then 'TRUNCATE' end
        ) || ' ON ' as head
    from table_trigger k
    join pg_trigger g on g.oid = k.oid
    join relation r on r.oid = g.tgrelid
    where k.tgparentid = 0 and not k.is_internal
) t
