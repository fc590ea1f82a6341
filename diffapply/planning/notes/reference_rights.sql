-- Of tables, those that the role may not refer to with a foreign key, and what would let it. The
-- role may use their schemas: else they would not have been read.
select format('%%I.%%I', n.nspname, c.relname),
    format('GRANT REFERENCES ON TABLE %%I.%%I TO %%I', n.nspname, c.relname, current_user)
from unnest(%(schemas)s::text[], %(tables)s::text[]) w (schema, name)
join pg_namespace n on n.nspname = w.schema
join pg_class c on c.relnamespace = n.oid and c.relname = w.name
where not has_any_column_privilege(c.oid, 'references')
order by 1
