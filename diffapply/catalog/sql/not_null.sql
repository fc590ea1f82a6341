-- From PostgreSQL 18 a NOT NULL is a constraint with a name; the name that PostgreSQL gives by
-- itself is no structure (pg_dump leaves it out as well).
select n.schema, n.relation || '.' || quote_ident(a.attname) as name, n.relation as owner,
    concat_ws(
        ' ',
        case when n.conname <> n.relname || '_' || a.attname || '_not_null' then
            'CONSTRAINT ' || quote_ident(n.conname)
        end,
        'NOT NULL',
        case when n.connoinherit then 'NO INHERIT' end,
        case when not n.convalidated then 'NOT VALID' end,
        case when not n.conislocal and not n.relispartition then 'INHERITED' end
    ) as definition,
    a.attnum as position
from table_constraint n
join pg_attribute a on a.attrelid = n.conrelid and a.attnum = n.conkey[1]
where n.contype = 'n' and is_managed(pg_class, n.conrelid, a.attnum)
union all
select a.schema, a.name, a.relation, 'NOT NULL', a.attnum
from attribute a
where a.attnotnull and a.relkind in ('r', 'p', 'f')
    and current_setting('server_version_num')::int < 180000
