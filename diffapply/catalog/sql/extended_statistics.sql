-- needs pg_statistic_ext
-- PostgreSQL writes the columns in the order in which the table has them, which is no structure:
-- here they stand in the order of their names.
select m.schema, quote_ident(s.stxname) as name, quote_ident(c.relname) as owner,
    case when set_config('search_path', m.path, true) <> '' then (
        select left(d.text, d.place - 1) || k.by_name
            || substr(d.text, d.place + length(k.by_place))
        from (
            select text, strpos(text, 'ON ') + 3 as place
            from (
                select substr(pg_get_statisticsobjdef(s.oid), 1 + length(
                    'CREATE STATISTICS ' || quote_ident(m.nspname) || '.' || quote_ident(s.stxname)
                    || ' '
                )) as text
            ) t
        ) d
        cross join (
            select
                coalesce(string_agg(quote_ident(a.attname), ', ' order by u.place), '') as by_place,
                coalesce(
                    string_agg(quote_ident(a.attname), ', ' order by a.attname collate "C"), ''
                ) as by_name
            from unnest(s.stxkeys::int2[]) with ordinality u (attnum, place)
            join pg_attribute a on a.attrelid = s.stxrelid and a.attnum = u.attnum
        ) k
    ) end as definition,
    0 as position, m.hint
from member m
join pg_statistic_ext s on s.oid = m.objid
join pg_class c on c.oid = s.stxrelid
where m.classid = 'pg_statistic_ext'::regclass
