-- From PostgreSQL 18 a NOT NULL is a constraint with a name; the name that PostgreSQL gives by
-- itself is no structure (pg_dump leaves it out as well).
select r.schema, r.name || '.' || quote_ident(a.attname) as name, r.name as owner,
    concat_ws(
        ' ',
        case when n.conname <> r.relname || '_' || a.attname || '_not_null' then
            'CONSTRAINT ' || quote_ident(n.conname)
        end,
        'NOT NULL',
        case when n.connoinherit then 'NO INHERIT' end,
        case when not n.convalidated then 'NOT VALID' end,
        case when not n.conislocal and not r.relispartition then 'INHERITED' end
    ) as definition,
    a.attnum as position
from relation r
join pg_attribute a
    on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped and a.attnotnull
left join pg_constraint n
    on n.conrelid = a.attrelid and n.contype = 'n' and n.conkey[1] = a.attnum
where r.relkind in ('r', 'p', 'f')
