select m.schema, quote_ident(t.typname) as name, quote_ident(t.typname) as owner,
    'ENUM (' || coalesce((
        select string_agg(quote_literal(e.enumlabel), ', ' order by e.enumsortorder)
        from pg_enum e
        where e.enumtypid = t.oid
    ), '') || ')' as definition,
    0 as position
from member m
join pg_type t on t.oid = m.objid and t.typtype = 'e'
where m.classid = 'pg_type'::regclass
