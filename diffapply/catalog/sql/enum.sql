-- needs pg_type
select t.schema, t.name, t.name as owner,
    'ENUM (' || coalesce((
        select string_agg(quote_literal(e.enumlabel), ', ' order by e.enumsortorder)
        from pg_enum e
        where e.enumtypid = t.oid
    ), '') || ')' as definition,
    0 as position, t.hint
from own_type t
where t.typtype = 'e'
