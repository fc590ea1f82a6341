select a.schema, a.name, a.relation as owner,
    (
        select string_agg(
            quote_ident(o.option_name) || ' ' || quote_literal(o.option_value), ', '
            order by o.option_name
        )
        from pg_options_to_table(a.attfdwoptions) o
    ) as definition,
    a.attnum as position, a.hint
from attribute a
where a.relkind = 'f' and a.attfdwoptions is not null
