select r.schema, r.name || '.' || quote_ident(a.attname) as name, r.name as owner,
    (
        select string_agg(
            quote_ident(o.option_name) || ' ' || quote_literal(o.option_value), ', '
            order by o.option_name
        )
        from pg_options_to_table(a.attfdwoptions) o
    ) as definition,
    a.attnum as position
from relation r
join pg_attribute a
    on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
    and a.attfdwoptions is not null
where r.relkind = 'f'
