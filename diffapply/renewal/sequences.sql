-- All sequences: how they count. Those of the schema are named without it.
select case when n.nspname = %(schema)s then '' else quote_ident(n.nspname) || '.' end
        || quote_ident(c.relname),
    c.oid, s.seqincrement, s.seqmin, s.seqmax, s.seqstart
from pg_sequence s
join pg_class c on c.oid = s.seqrelid
join pg_namespace n on n.oid = c.relnamespace
