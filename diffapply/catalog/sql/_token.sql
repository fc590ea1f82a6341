-- The definition of f with the stand-in for the name of its schema, but only where it is said as
-- one: before a dot, in a search path, and as a constant of its own. It may be a word as well.
case when f.says is null then f.definition else (
    select coalesce(string_agg(
        case when f.says = 'body' then regexp_replace(
            regexp_replace(
                regexp_replace(
                    regexp_replace(
                        p.piece, '(?<![\w$."])' || n.name || '(?=\s*\.\s*["a-z_%*])',
                        '<stand-in>', 'gi'
                    ),
                    '"' || n.name || '"(?=\s*\.)',
                    case when n.plain then '"<stand-in>"' else '<stand-in>' end, 'g'
                ),
                '(search_path\M[^;\n]*?[''",\s=])' || n.name || '(?![\w$.])', '\1<stand-in>', 'gi'
            ),
            '(?<='')' || n.name || '(?=''(?!::(?!text|name|char|bpchar|regnamespace)))',
            '<stand-in>', 'g'
        )
        when p.piece ~ '^''' then regexp_replace(
            regexp_replace(p.piece, '(?<![\w$.])' || n.name || '(?=\.["a-z_%])', '<stand-in>', 'g'),
            '^''' || n.name || '''(?=$|::(?:text|name|char|bpchar|regnamespace))',
            '''<stand-in>''', 'g'
        )
        else p.piece end, '' order by p.place
    ), '')
    from schema s
    cross join lateral regexp_matches(
        f.definition,
        case f.says when 'body' then '.+'
            else '''[^'']*''(?:::\w+)?|"[^"]*"|[^''"]+|[''"]' end,
        'g'
    ) with ordinality m (pieces, place)
    cross join lateral (
        select
            regexp_replace(m.pieces[1], '<before>(<stand-in>)(x*)<after>', '\1x\2', 'gi') as piece,
            m.place
    ) p
    cross join lateral (
        select quote_ident(s.nspname) = s.nspname as plain, regexp_replace(
            s.nspname::text, '[][!"#$%&''()*+,./:;<=>?@\\^`{|}~-]', '\\\&', 'g'
        ) as name
    ) n
    where s.oid = f.schema
) end
