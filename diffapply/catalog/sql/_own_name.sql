-- The definition of f with the stand-in for the own name of its schema. It is cut into literals,
-- quoted names, a routine's body, and the rest; a constant such as 'x'::regclass is a name.
case when f.says is null then f.definition else (
    select coalesce(string_agg(
        case when f.says = 'whole' or p.piece ~ '^[''$]' and p.piece !~ '::reg\w+$' then
            case when n.plain then
                case when f.says = 'literals' or n.upper = n.name then t.plain
                else regexp_replace(t.plain, '<before>' || n.upper || '<after>', '<STAND-IN>', 'g')
                end
            -- A name that needs quotes: with them it is an identifier, without them a value.
            else regexp_replace(
                replace(
                    regexp_replace(t.escaped, n.quoted || '(?=\s*\.)', '<stand-in>', 'g'),
                    '"' || replace(s.nspname, '"', '""') || '"', '"<stand-in>"'
                ),
                case when f.says = 'body' and p.piece ^@ '$' then '(?<='')' || n.value || '(?='')'
                else '(?<!")<before>' || n.value || '<after>(?!"|\s*\.)' end,
                '<stand-in>', 'g'
            ) end
        else p.piece end, '' order by p.place
    ), '')
    from schema s
    cross join lateral regexp_matches(
        f.definition,
        case f.says when 'whole' then '.+' else
            '\$(?:function|procedure)x*\$.*|''[^'']*''(?:::reg(?!namespace)\w+)?'
                '|"[^"]*"|[^$''"]+|[$''"]'
        end,
        'g'
    ) with ordinality m (pieces, place)
    cross join lateral (select m.pieces[1] as piece, m.place) p
    cross join lateral (
        select quote_ident(s.nspname) = s.nspname as plain, e.name, upper(e.name) as upper,
            '"' || replace(e.name, '"', '""') || '"' as quoted,
            case f.says when 'whole' then e.name else replace(e.name, '''', '''''') end as value
        from (
            -- The tag that PostgreSQL writes around a body is no name.
            select case when s.nspname in ('function', 'procedure') then '(?<!\$)' else '' end
            || regexp_replace(
                s.nspname::text, '[][!"#$%&''()*+,./:;<=>?@\\^`{|}~-]', '\\\&', 'g'
            ) as name
        ) e
    ) n
    cross join lateral (
        select x.escaped,
            regexp_replace(x.escaped, '<before>' || n.name || '<after>', '<stand-in>', 'g') as plain
        from (
            select regexp_replace(
                p.piece, '<before>(<stand-in>)(x*)<after>', '\1x\2', 'gi'
            ) as escaped
        ) x
    ) t
    where s.oid = f.schema
) end
