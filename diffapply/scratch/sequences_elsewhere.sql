-- How sequences are made that columns of other schemas draw from: schema, then the statement.
select n.nspname, format(
    'create %%s sequence %%I.%%I as %%s start with %%s increment by %%s minvalue %%s maxvalue %%s '
        || 'cache %%s %%s',
    case c.relpersistence when 'u' then 'unlogged' else '' end, n.nspname, c.relname,
    format_type(s.seqtypid, null), s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache,
    case when s.seqcycle then 'cycle' else 'no cycle' end
)
from unnest(%(schemas)s::text[], %(names)s::text[]) w (schema, name)
join pg_namespace n on n.nspname = w.schema
join pg_class c on c.relnamespace = n.oid and c.relname = w.name
join pg_sequence s on s.seqrelid = c.oid
order by 1, 2
