select m.schema, quote_ident(t.typname) || '.' || quote_ident(c.conname) as name,
    quote_ident(t.typname) as owner,
    case when set_config('search_path', m.path, true) <> '' then
        pg_get_constraintdef(c.oid)
    end as definition,
    0 as position
from member m
join pg_type t on t.oid = m.objid and t.typtype = 'd'
join pg_constraint c on c.contypid = t.oid and c.contype = 'c'
where m.classid = 'pg_type'::regclass
