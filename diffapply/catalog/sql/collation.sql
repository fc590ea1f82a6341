-- needs pg_collation
-- The columns that hold locale and rules are named differently from version to version.
select m.schema, quote_ident(c.collname) as name, quote_ident(c.collname) as owner,
    '(' || concat_ws(
        ', ',
        'PROVIDER = ' || case c.collprovider
            when 'c' then 'libc' when 'i' then 'icu' when 'b' then 'builtin' else 'default'
        end,
        case when not c.collisdeterministic then 'DETERMINISTIC = false' end,
        'LOCALE = ' || quote_literal(coalesce(j.row ->> 'colllocale', j.row ->> 'colliculocale')),
        'LC_COLLATE = ' || quote_literal(j.row ->> 'collcollate'),
        'LC_CTYPE = ' || quote_literal(j.row ->> 'collctype'),
        'RULES = ' || quote_literal(j.row ->> 'collicurules')
    ) || ')' as definition,
    0 as position
from member m
join pg_collation c on c.oid = m.objid
cross join lateral (select to_jsonb(c) as row) j
where m.classid = 'pg_collation'::regclass
