case when <name> like <of>.hint or <name> like '%<stand-in>%' then (
    select case when octet_length(o.name) < 64 then o.name else <name>::text end
    from (
        select regexp_replace(
            regexp_replace(<name>::text, '<before>(<stand-in>)(x*)<after>', '\1x\2', 'g'),
            '<before>'
            || regexp_replace(
                <of>.nspname::text, '[][!"#$%&''()*+,./:;<=>?@\\^`{|}~-]', '\\\&', 'g'
            )
            || '<after>',
            '<stand-in>', 'g'
        ) as name
    ) o
) else <name>::text end
