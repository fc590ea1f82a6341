-- pg_get_indexdef names the schema of the table in front of USING, and nowhere else: what comes
-- in front is known to the letter, so that it is cut off by its length.
select i.schema, i.name, i.relation as owner,
    case when set_config('search_path', i.path, true) <> '' then
        'ON ' || i.relation || ' ' || case when i.indisunique then 'UNIQUE ' else '' end
        || substr(pg_get_indexdef(i.indexrelid), 1 + length(
            'CREATE ' || case when i.indisunique then 'UNIQUE ' else '' end || 'INDEX '
            || quote_ident(i.relname) || ' ON ' || case i.relkind when 'I' then 'ONLY ' else '' end
            || quote_ident(i.nspname) || '.' || i.relation || ' '
        ))
    end as definition,
    0 as position, i.hint
from index i
where not i.of_constraint
