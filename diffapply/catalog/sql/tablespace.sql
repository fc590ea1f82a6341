select r.schema, r.name, r.name as owner, quote_ident(s.spcname) as definition, 0 as position
from relation r
join pg_tablespace s on s.oid = r.reltablespace
union all
select i.schema, i.name, i.relation, quote_ident(s.spcname), 0
from index i
join pg_tablespace s on s.oid = i.reltablespace
