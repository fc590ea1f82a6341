-- Statements that create what foreign tables need: a server. It is created without options, which
-- may contain secrets.
select format('create foreign data wrapper %I', w.fdwname)
from pg_foreign_data_wrapper w
union all
select format('create server %I %s %s foreign data wrapper %I', s.srvname,
    'type ' || quote_literal(s.srvtype), 'version ' || quote_literal(s.srvversion), w.fdwname)
from pg_foreign_server s
join pg_foreign_data_wrapper w on w.oid = s.srvfdw
