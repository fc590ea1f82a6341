-- The tables whose rows are copied: what they are here and there, what they refer to among
-- themselves, their columns and the sequences that these own; as JSON.
with wanted as (
    select w.name, n.oid as new, o.oid as old
    from unnest(%(tables)s::text[]) w (name)
    left join (
        select c.oid, c.relname from pg_class c join pg_namespace s on s.oid = c.relnamespace
        where s.nspname = %(tenant)s and c.relkind in ('r', 'p')
    ) n on n.relname = w.name
    left join (
        select c.oid, c.relname from pg_class c join pg_namespace s on s.oid = c.relnamespace
        where s.nspname = %(source)s and c.relkind in ('r', 'p')
    ) o on o.relname = w.name
)
select coalesce(jsonb_agg(jsonb_build_object(
    'name', w.name, 'here', w.new is not null, 'there', w.old is not null,
    'refers', (
        select coalesce(jsonb_agg(distinct r.name), '[]')
        from pg_constraint k join wanted r on r.new = k.confrelid
        where k.conrelid = w.new and k.contype = 'f' and k.confrelid <> k.conrelid
    ),
    'columns', (
        select coalesce(jsonb_agg(jsonb_build_object(
            'name', a.attname, 'there', b.attname is not null,
            'cast', case when b.atttypid <> a.atttypid then
                format_type(a.atttypid, a.atttypmod)
            end,
            'sequence', pg_get_serial_sequence(w.new::regclass::text, a.attname),
            'falling', (
                select q.seqincrement < 0 from pg_sequence q
                where q.seqrelid
                    = pg_get_serial_sequence(w.new::regclass::text, a.attname)::regclass
            )
        ) order by a.attnum), '[]')
        from pg_attribute a
        left join pg_attribute b
            on b.attrelid = w.old and b.attname = a.attname and b.attnum > 0
            and not b.attisdropped
        where a.attrelid = w.new and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    )
)), '[]')::text
from wanted w
