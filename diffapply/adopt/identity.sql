-- Which database this is, and since when its server runs.
select d.oid::text, extract(epoch from pg_postmaster_start_time())::text
from pg_database d
where d.datname = current_database()
