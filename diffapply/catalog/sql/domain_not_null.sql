-- needs pg_type
-- From PostgreSQL 17 it is a constraint with a name; see not_null.sql.
select t.schema, t.name, t.name as owner,
    concat_ws(
        ' ',
        case when n.conname <> t.typname || '_not_null' then
            'CONSTRAINT ' || quote_ident(n.conname)
        end,
        'NOT NULL'
    ) as definition,
    0 as position
from own_type t
left join pg_constraint n on n.contypid = t.oid and n.contype = 'n'
where t.typtype = 'd' and t.typnotnull
