select r.schema, r.name, r.name as owner,
    (
        select string_agg(
            o.prefix || split_part(o.text, '=', 1) || '='
            || quote_literal(substr(o.text, strpos(o.text, '=') + 1)), ', '
            order by o.prefix, o.place
        )
        from (
            select '' as prefix, * from unnest(r.reloptions) with ordinality own (text, place)
            union all
            select 'toast.', * from unnest(toast.reloptions) with ordinality its (text, place)
        ) o
    ) as definition,
    0 as position
from relation r
left join pg_class toast on toast.oid = r.reltoastrelid
where r.relkind in ('r', 'p', 'f', 'm')
    and (r.reloptions is not null or toast.reloptions is not null)
