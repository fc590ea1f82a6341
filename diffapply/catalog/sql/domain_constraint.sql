-- needs pg_type
select t.schema, t.name || '.' || quote_ident(c.conname) as name, t.name as owner,
    case when set_config('search_path', t.path, true) <> '' then
        pg_get_constraintdef(c.oid)
    end as definition,
    0 as position, t.hint
from own_type t
join pg_constraint c on c.contypid = t.oid and c.contype = 'c'
where t.typtype = 'd'
