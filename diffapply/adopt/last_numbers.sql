-- The last number of each of these sequences, as PostgreSQL's own function tells it.
select s.oid, pg_sequence_last_value(s.oid), null, null
from unnest(%s::oid[]) s (oid)
