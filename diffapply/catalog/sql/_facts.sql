-- Schema, kind, name, owner, definition, position.
-- The search path is reset as in _fingerprints.sql.
select f.*
from (
    select f.schema, f.kind, f.name, f.owner, {definition} as definition, f.position
    from (
{facts}
    ) f
    order by f.schema
    offset 0
) f
where set_config('search_path', 'pg_catalog, pg_temp', true) <> ''
