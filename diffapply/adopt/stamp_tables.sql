-- The schemas whose table alembic_version can be read: by the role, without row security in
-- between, and without code of strangers, which planning a query could run.
with stranger as materialized (
    select r.oid from pg_roles r where {stranger}
)
select n.nspname
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid and a.attname = 'version_num' and not a.attisdropped
where c.relname = 'alembic_version' and c.relkind = 'r' and n.nspname = any (%(schemas)s)
    and a.atttypid in ('varchar'::regtype, 'text'::regtype)
    and has_schema_privilege(n.oid, 'usage')
    and has_column_privilege(c.oid, a.attnum, 'select')
    and not row_security_active(c.oid)
    and c.relowner not in (select t.oid from stranger t)
    and not exists (
        select from pg_index i where i.indrelid = c.oid and i.indpred is not null
    )
