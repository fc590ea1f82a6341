-- pg_get_indexdef names the schema of the table in front of USING, and nowhere else: what comes
-- in front is known to the letter, so that it is cut off by its length.
select r.schema, quote_ident(x.relname) as name, r.name as owner,
    case when set_config('search_path', r.path, true) <> '' then
        'ON ' || r.name || ' ' || case when i.indisunique then 'UNIQUE ' else '' end
        || substr(pg_get_indexdef(x.oid), 1 + length(
            'CREATE ' || case when i.indisunique then 'UNIQUE ' else '' end || 'INDEX '
            || quote_ident(x.relname) || ' ON '
            || case x.relkind when 'I' then 'ONLY ' else '' end
            || quote_ident(r.nspname) || '.' || r.name || ' '
        ))
        || coalesce(' TABLESPACE ' || quote_ident(ts.spcname), '')
    end as definition,
    0 as position
from relation r
join pg_index i on i.indrelid = r.oid
join pg_class x on x.oid = i.indexrelid
left join pg_tablespace ts on ts.oid = x.reltablespace
where r.relkind in ('r', 'p', 'm')
    and not exists (
        select from pg_constraint c
        where c.conrelid = r.oid and c.conindid = i.indexrelid and c.contype in ('p', 'u', 'x')
    )
