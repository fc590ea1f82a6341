-- What the tenants' objects have that are to be made anew, for what takes their place; and those
-- that are to be dropped, with the positions of sequences, for what is in their place again one
-- day.
with wanted as (
    select * from jsonb_to_recordset(%(anew)s::jsonb) as w (
        class text, old text, new text, gone boolean, keeps_owner boolean, keeps_grants boolean
    )
),
position (nspname, name, last_value, is_called) as (
    {positions}
),
schema as (
    select n.oid, n.nspname from pg_namespace n where n.nspname = any (%(tenants)s)
),
{owned},
object as materialized (
    select o.*, w.new, w.gone, w.keeps_owner, w.keeps_grants
    from owned o
    join wanted w on w.class = o.class and w.old = o.name
),
-- Columns made anew or dropped in a relation that stays, and all those of a relation that goes.
attribute as (
    select o.nspname, o.objid, o.owner, a.attnum, a.attacl, w.new, w.gone, w.keeps_grants
    from wanted w
    join owned o on o.class = 'relation' and starts_with(w.old, o.name || '.')
    join pg_attribute a
        on a.attrelid = o.objid and a.attnum > 0 and not a.attisdropped
        and o.name || '.' || quote_ident(a.attname) = w.old
    where w.class = 'column'
    union all
    select o.nspname, o.objid, o.owner, a.attnum, a.attacl,
        o.new || '.' || quote_ident(a.attname), o.gone, o.keeps_grants
    from object o
    join pg_attribute a on a.attrelid = o.objid and a.attnum > 0 and not a.attisdropped
    where o.class = 'relation' and not exists (
        select from wanted w
        where w.class = 'column' and w.old = o.name || '.' || quote_ident(a.attname)
    )
),
-- Written without the table's schema, as the path leads to it.
publication as (
    select o.objid, p.pubname,
        array(
            select a.attname
            from unnest(r.prattrs::smallint[]) with ordinality u (number, place)
            join pg_attribute a on a.attrelid = o.objid and a.attnum = u.number
            order by u.place
        ) as columns,
        case when set_config('search_path', 'pg_catalog, pg_temp', true) <> '' then
            pg_get_expr(r.prqual, r.prrelid)
        end as filter
    from object o
    join pg_publication_rel r on r.prrelid = o.objid
    join pg_publication p on p.oid = r.prpubid
    where o.classid = 'pg_class'::regclass
)
select coalesce(jsonb_agg(k.its), '[]')::text
from (
    select jsonb_build_object(
        'schema', o.nspname, 'class', o.class, 'new', o.new, 'gone', o.gone, 'oid', o.objid::bigint,
        'owner', o.owner::bigint,
        'keeps_owner', o.keeps_owner, 'keeps_grants', o.keeps_grants, 'acl', o.acl::text,
        'labels', (
            select jsonb_agg(jsonb_build_object('provider', l.provider, 'label', l.label))
            from pg_seclabel l
            where l.classoid = o.classid and l.objoid = o.objid and l.objsubid = 0
        ),
        'publications', (
            select jsonb_agg(jsonb_build_object(
                'name', p.pubname, 'columns', p.columns, 'filter', p.filter
            ) order by p.pubname)
            from publication p
            where p.objid = o.objid
        ),
        'position', (
            select jsonb_build_object('last', p.last_value, 'called', p.is_called)
            from position p
            where (p.nspname, p.name) = (o.nspname, o.name) and o.class = 'sequence'
        )
    ) as its
    from object o
    union all
    select jsonb_build_object(
        'schema', a.nspname, 'class', 'column', 'new', a.new, 'gone', a.gone,
        'owner', a.owner::bigint,
        'keeps_owner', false, 'keeps_grants', a.keeps_grants, 'acl', a.attacl::text,
        'labels', l.labels
    )
    from attribute a
    cross join lateral (
        select jsonb_agg(jsonb_build_object('provider', l.provider, 'label', l.label)) as labels
        from pg_seclabel l
        where l.classoid = 'pg_class'::regclass and l.objoid = a.objid and l.objsubid = a.attnum
    ) l
    where a.attacl is not null or l.labels is not null
) k
