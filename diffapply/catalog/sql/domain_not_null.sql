-- From PostgreSQL 17 it is a constraint with a name; see not_null.sql.
select m.schema, quote_ident(t.typname) as name, quote_ident(t.typname) as owner,
    concat_ws(
        ' ',
        case when n.conname <> t.typname || '_not_null' then
            'CONSTRAINT ' || quote_ident(n.conname)
        end,
        'NOT NULL'
    ) as definition,
    0 as position
from member m
join pg_type t on t.oid = m.objid and t.typtype = 'd' and t.typnotnull
left join pg_constraint n on n.contypid = t.oid and n.contype = 'n'
where m.classid = 'pg_type'::regclass
