-- Schema, fingerprint.
-- The search path is reset after all definitions, before PostgreSQL returns the rows: with another
-- path, PostgreSQL would plan the prepared query again each time. With OFFSET 0, it sorts digests
-- instead of definitions.
select f.schema, encode(sha256(string_agg(f.digest, ''::bytea order by f.digest)), 'hex')
from (
    select f.schema, sha256(convert_to(
        f.kind || ' ' || length(convert_to(f.name, 'UTF8'), 'UTF8') || ':' || f.name
        || {definition}, 'UTF8'
    )) as digest
    from (
{facts}
    ) f
    offset 0
) f
group by f.schema
having set_config('search_path', 'pg_catalog, pg_temp', true) <> ''
