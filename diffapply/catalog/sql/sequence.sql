-- A sequence that a column owns belongs to the column's table. The sequence of an identity
-- column is part of the identity.
select r.schema, r.name, coalesce(quote_ident(t.relname), r.name) as owner,
    concat_ws(
        ' ',
        case r.relpersistence when 'u' then 'UNLOGGED' end,
        'AS ' || format_type(q.seqtypid, null),
        'START WITH ' || q.seqstart,
        'INCREMENT BY ' || q.seqincrement,
        'MINVALUE ' || q.seqmin,
        'MAXVALUE ' || q.seqmax,
        'CACHE ' || q.seqcache,
        case when q.seqcycle then 'CYCLE' else 'NO CYCLE' end
    ) as definition,
    0 as position
from relation r
join pg_sequence q on q.seqrelid = r.oid
left join pg_depend d
    on d.classid = 'pg_class'::regclass and d.objid = r.oid and d.objsubid = 0
    and d.refclassid = 'pg_class'::regclass and d.refobjsubid > 0 and d.deptype in ('a', 'i')
left join pg_class t on t.oid = d.refobjid
where r.relkind = 'S' and d.deptype is distinct from 'i'
