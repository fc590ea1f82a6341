-- needs pg_type
select t.schema, t.name, t.name as owner,
    case when set_config('search_path', t.path, true) <> '' then '(' || coalesce((
        select string_agg(
            concat_ws(
                ' ',
                quote_ident(a.attname),
                format_type(a.atttypid, a.atttypmod),
                case when a.attcollation <> b.typcollation then
                    'COLLATE ' || a.attcollation::regcollation::text
                end
            ), ', ' order by a.attnum
        )
        from pg_attribute a
        join pg_type b on b.oid = a.atttypid
        where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
    ), '') || ')' end as definition,
    0 as position
from own_type t
where t.typtype = 'c'
