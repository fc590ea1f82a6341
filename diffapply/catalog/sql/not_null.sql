-- From PostgreSQL 18 a NOT NULL is a constraint with a name; the name that PostgreSQL gives by
-- itself is no structure (pg_dump leaves it out as well).
select a.schema, a.name, a.relation as owner,
    concat_ws(
        ' ',
        case when n.conname <> a.relname || '_' || a.attname || '_not_null' then
            'CONSTRAINT ' || quote_ident(n.conname)
        end,
        'NOT NULL',
        case when n.connoinherit then 'NO INHERIT' end,
        case when not n.convalidated then 'NOT VALID' end,
        case when not n.conislocal and not a.relispartition then 'INHERITED' end
    ) as definition,
    a.attnum as position
from attribute a
left join pg_constraint n
    on n.conrelid = a.attrelid and n.contype = 'n' and n.conkey[1] = a.attnum
where a.attnotnull and a.relkind in ('r', 'p', 'f')
