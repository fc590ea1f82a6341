-- Those of an index that a constraint does not own are in the index's definition.
select k.schema, k.name, k.owner,
    (
        select string_agg(
            o.prefix || split_part(o.text, '=', 1) || '='
            || quote_literal(substr(o.text, strpos(o.text, '=') + 1)), ', '
            order by o.prefix, o.place
        )
        from (
            select '' as prefix, * from unnest(k.reloptions) with ordinality own (text, place)
            union all
            select 'toast.', * from unnest(k.toast) with ordinality its (text, place)
        ) o
    ) as definition,
    0 as position
from (
    select r.schema, r.name, r.name as owner, r.reloptions, toast.reloptions as toast
    from relation r
    left join pg_class toast on toast.oid = r.reltoastrelid
    where r.relkind in ('r', 'p', 'f', 'm')
    union all
    select i.schema, i.name, i.relation, i.reloptions, null
    from index i
    where i.of_constraint
) k
where k.reloptions is not null or k.toast is not null
