-- Objects of the whole server. Not every role may read the rows, but every role may read the names.
select bit_xor(hashtextextended(name, oid::bigint))
from (
    select oid, rolname::text from pg_catalog.pg_roles
    union all
    select oid, spcname::text from pg_catalog.pg_tablespace
) o (oid, name)
