-- The sequences of schemas, and the columns that draw from them: those that own one, and those
-- whose default names one. `lookable` is a column whose largest value can be asked for: quickly (it
-- has an index, or its table is small), without row security in between, and without code of
-- strangers, which planning a query could run: the table is not theirs, and no index of it calls a
-- function of theirs. `empty` is a table that has no page yet.
with place as materialized (
    select n.oid, n.nspname
    from pg_namespace n
    where n.nspname = any (%(schemas)s)
),
stranger as materialized (
    select r.oid from pg_roles r where {stranger}
),
sequence as materialized (
    select p.nspname, c.oid, c.relname, q.seqincrement, q.seqmin, q.seqmax, q.seqcycle
    from place p
    join pg_depend d on d.refclassid = 'pg_namespace'::regclass and d.refobjid = p.oid
        and d.classid = 'pg_class'::regclass and d.deptype = 'n'
    join pg_class c on c.oid = d.objid and c.relkind = 'S'
    join pg_sequence q on q.seqrelid = c.oid
),
drawing as materialized (
    select s.oid as sequence, d.refobjid as relation, d.refobjsubid as number
    from sequence s
    join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = s.oid
        and d.refclassid = 'pg_class'::regclass and d.refobjsubid > 0 and d.deptype in ('a', 'i')
    union
    select s.oid, a.adrelid, a.adnum
    from sequence s
    join pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = s.oid
        and d.classid = 'pg_attrdef'::regclass
    join pg_attrdef a on a.oid = d.objid
)
select s.nspname, s.relname, s.oid, s.seqincrement, s.seqmin, s.seqmax, s.seqcycle,
    has_sequence_privilege(s.oid, 'select') as readable,
    n.nspname, r.relname, a.attname, r.relkind = 'r' as plain,
    case a.atttypid when 'smallint'::regtype then 32767 when 'integer'::regtype then 2147483647
        when 'bigint'::regtype then 9223372036854775807 end as largest,
    r.oid is not null and a.atttypid in ('smallint'::regtype, 'integer'::regtype, 'bigint'::regtype)
        and has_column_privilege(r.oid, a.attnum, 'select')
        and has_schema_privilege(n.oid, 'usage')
        and not row_security_active(r.oid)
        and r.relowner not in (select t.oid from stranger t)
        and (
            r.relkind = 'r' or r.relkind = 'p' and not exists (
                select from pg_partition_tree(r.oid) e
                join pg_class f on f.oid = e.relid
                where f.relkind = 'f' or f.relowner in (select t.oid from stranger t)
            )
        )
        and (r.relkind = 'r' and pg_relation_size(r.oid) < 8388608 or exists (
            select from pg_index i
            join pg_class x on x.oid = i.indexrelid
            join pg_am m on m.oid = x.relam
            where i.indrelid = r.oid and i.indisvalid and i.indkey[0] = a.attnum
                and i.indpred is null and m.amname = 'btree'
        ))
        and not exists (
            select from pg_index i
            join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = i.indexrelid
            left join pg_proc f on d.refclassid = 'pg_proc'::regclass and f.oid = d.refobjid
            left join pg_operator o on d.refclassid = 'pg_operator'::regclass and o.oid = d.refobjid
            where i.indrelid = r.oid
                and coalesce(f.proowner, o.oprowner) in (select t.oid from stranger t)
        ) as lookable,
    r.relkind = 'r' and pg_relation_size(r.oid) = 0 as empty
from sequence s
left join drawing d on d.sequence = s.oid
left join pg_class r on r.oid = d.relation
left join pg_namespace n on n.oid = r.relnamespace
left join pg_attribute a on a.attrelid = d.relation and a.attnum = d.number
order by s.oid
