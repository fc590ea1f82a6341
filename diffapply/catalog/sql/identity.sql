-- The sequence is logged as its table is, unless that is said.
select a.schema, a.name, a.relation as owner,
    'GENERATED ' || case a.attidentity when 'a' then 'ALWAYS' else 'BY DEFAULT' end
    || ' AS IDENTITY (' || concat_ws(
        ' ',
        case when c.relpersistence <> o.relpersistence then
            case c.relpersistence when 'u' then 'UNLOGGED' else 'LOGGED' end
        end,
        'SEQUENCE NAME ' || quote_ident(c.relname),
        'START WITH ' || q.seqstart,
        'INCREMENT BY ' || q.seqincrement,
        'MINVALUE ' || q.seqmin,
        'MAXVALUE ' || q.seqmax,
        'CACHE ' || q.seqcache,
        case when q.seqcycle then 'CYCLE' else 'NO CYCLE' end
    ) || ')' as definition,
    a.attnum as position
from attribute a
join pg_depend d
    on d.refclassid = 'pg_class'::regclass and d.refobjid = a.attrelid
    and d.refobjsubid = a.attnum and d.classid = 'pg_class'::regclass and d.deptype = 'i'
join pg_class c on c.oid = d.objid and c.relkind = 'S'
join pg_class o on o.oid = a.attrelid
join pg_sequence q on q.seqrelid = c.oid
where a.attidentity <> '' and a.relkind in ('r', 'p', 'f')
