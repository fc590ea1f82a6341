-- Statements that give to what was made anew what stood in its place had; in the order in which
-- they run. What it has already is passed over.
with kept as materialized (
    select row_number() over () as number, k.*
    from jsonb_to_recordset(%(kept)s::jsonb) as k (
        schema text, class text, new text, gone boolean, oid oid, owner oid, keeps_owner boolean,
        keeps_grants boolean, acl text, labels jsonb, publications jsonb, position jsonb
    )
    where not k.gone
),
schema as (
    select n.oid, n.nspname from pg_namespace n where n.nspname in (select k.schema from kept k)
),
{owned},
-- Whom it belongs to at the end: a sequence that a column owns to whom the table belongs.
object as materialized (
    select k.number, o.nspname, o.class, o.kind, o.name, o.place, o.classid, o.objid, k.acl,
        k.owner as former, k.keeps_grants, k.labels, k.publications, k.position,
        k.oid as former_oid,
        o.acl as has,
        o.owner as creator, o.acl_type, t.refobjid is not null as linked,
        coalesce(
            (
                select x.owner from owned y join kept x on x.schema = y.nspname
                    and x.class = 'relation' and x.new = y.name and x.keeps_owner
                where y.objid = t.refobjid and y.class = 'relation'
            ),
            (select c.relowner from pg_class c where c.oid = t.refobjid),
            case when k.keeps_owner then k.owner end,
            o.owner
        ) as owner
    from kept k
    join owned o on o.nspname = k.schema and o.class = k.class and o.name = k.new
    left join pg_depend t
        on t.classid = o.classid and t.objid = o.objid and t.objsubid = 0
        and t.refclassid = 'pg_class'::regclass and t.refobjsubid > 0
        and t.deptype in ('a', 'i') and o.class = 'sequence'
),
attribute as materialized (
    select k.number, r.nspname, r.name || '.' || quote_ident(a.attname) as name,
        quote_ident(a.attname) as own_name, r.place, r.kind, r.objid, a.attacl, k.acl,
        k.owner as former, k.keeps_grants, k.labels,
        coalesce((select o.owner from object o where o.objid = r.objid), r.owner) as owner
    from kept k
    join owned r
        on r.nspname = k.schema and r.class = 'relation' and starts_with(k.new, r.name || '.')
    join pg_attribute a
        on a.attrelid = r.objid and a.attnum > 0 and not a.attisdropped
        and r.name || '.' || quote_ident(a.attname) = k.new
    where k.class = 'column'
),
-- What has grants, and who had which. To revoke all on a table is to revoke it on its columns.
granted as materialized (
    select o.number, o.nspname, o.owner, o.kind || ' ' || o.name as called, '' as suffix,
        case o.class when 'relation' then 'TABLE' else upper(o.class) end || ' ' || o.place
            as place,
        o.former, coalesce(o.acl::aclitem[], acldefault(o.acl_type, o.former)) as had,
        coalesce(o.has, acldefault(o.acl_type, o.creator)) as has, o.creator
    from object o
    where o.keeps_grants and o.acl_type is not null and (
        o.acl is not null or o.has is not null
    )
    union all
    select a.number, a.nspname, a.owner, 'column ' || a.name, ' (' || a.own_name || ')',
        'TABLE ' || a.place, a.former, a.acl::aclitem[], a.attacl, a.owner
    from attribute a
    where a.keeps_grants and a.acl is not null
),
differing as materialized (
    select * from granted g
    where g.has is distinct from g.had or g.suffix <> '' or g.owner <> g.creator
        or g.owner <> g.former
),
-- After how many others a grant can be made: its grantor may have the option from one of them. An
-- owner may have one from itself, of when it was none.
grant_item as materialized (
    select d.number, d.suffix, u.place, x.grantor, x.grantee, x.privilege_type, x.is_grantable
    from differing d
    cross join unnest(d.had) with ordinality u (item, place)
    cross join lateral aclexplode(array[u.item]) x
),
reached as (
    with recursive reached as (
        select i.*, 0 as after
        from grant_item i
        where not exists (
            select from grant_item o
            where (o.number, o.privilege_type, o.grantee) = (i.number, i.privilege_type, i.grantor)
                and o.is_grantable and o.grantor <> o.grantee
        )
        union
        select i.*, r.after + 1
        from reached r
        join grant_item i
            on (i.number, i.privilege_type, i.grantor) = (r.number, r.privilege_type, r.grantee)
        where r.is_grantable and r.grantor <> r.grantee and r.after < 100
    )
    select number, min(place) as place, grantor, grantee, is_grantable, after,
        string_agg(privilege_type || suffix, ', ' order by privilege_type) as privileges
    from (
        select number, suffix, place, grantor, grantee, is_grantable, privilege_type,
            min(after) as after
        from reached
        group by 1, 2, 3, 4, 5, 6, 7
    ) r
    group by 1, 3, 4, 5, 6
),
step (rank, number, place, nspname, called, owner, acting, statement) as (
    select 0, o.number, 0, o.nspname, o.kind || ' ' || o.name, null::oid, null::oid,
        format(
            'SELECT pg_catalog.setval(%%L, %%s, %%L) FROM %%s '
            'WHERE (last_value, %%s is_called) %%s (%%s, %%s %%L)',
            o.place, p.last, p.called, o.place, p.turned, p.beyond, p.last, p.turned, p.called)
    from object o
    join pg_sequence s on s.seqrelid = o.objid
    cross join lateral (
        select (o.position ->> 'last')::bigint as last,
            (o.position ->> 'called')::boolean as called,
            case when s.seqincrement < 0 then 'not' else '' end as turned,
            case when s.seqincrement < 0 then '>' else '<' end as beyond
    ) p
    where o.class = 'sequence' and p.last between s.seqmin and s.seqmax
    union all
    select 1, o.number, l.place, o.nspname, o.kind || ' ' || o.name, null, null,
        format('SECURITY LABEL FOR %%I ON %%s %%s IS %%L', l.its ->> 'provider',
            case o.class when 'routine' then 'ROUTINE' else upper(o.kind) end, o.place,
            l.its ->> 'label')
    from object o
    cross join jsonb_array_elements(o.labels) with ordinality l (its, place)
    union all
    select 1, a.number, l.place, a.nspname, 'column ' || a.name, null, null,
        format('SECURITY LABEL FOR %%I ON COLUMN %%s.%%s IS %%L', l.its ->> 'provider',
            a.place, a.own_name, l.its ->> 'label')
    from attribute a
    cross join jsonb_array_elements(a.labels) with ordinality l (its, place)
    union all
    select 2, o.number, l.place, o.nspname, o.kind || ' ' || o.name, p.pubowner, null,
        format('ALTER PUBLICATION %%I ADD TABLE ONLY %%s%%s%%s', p.pubname, o.place,
            ' (' || nullif(c.columns, '') || ')', ' WHERE (' || (l.its ->> 'filter') || ')')
    from object o
    cross join jsonb_array_elements(o.publications) with ordinality l (its, place)
    join pg_publication p on p.pubname = l.its ->> 'name'
    cross join lateral (
        select string_agg(quote_ident(u.name), ', ' order by u.place) as columns
        from jsonb_array_elements_text(l.its -> 'columns') with ordinality u (name, place)
    ) c
    where o.kind = 'table' and not p.puballtables
        and not exists (
            select from pg_publication_rel r where r.prpubid = p.oid and r.prrelid = o.objid
        )
        -- Of a table that became its own partition, the rows are still published, and a
        -- partitioned table may have no filter and no list there.
        and not exists (
            select from pg_publication_rel r
            where r.prpubid = p.oid and r.prrelid = o.former_oid and not p.pubviaroot
                and (r.prqual is not null or r.prattrs is not null)
        )
    union all
    select 3, o.number, 0, o.nspname, o.kind || ' ' || o.name, o.owner, null,
        format('ALTER %%s %%s OWNER TO %%I',
            case o.class
                when 'relation' then 'TABLE' when 'statistics object' then 'STATISTICS'
                else upper(o.class)
            end,
            o.place, pg_get_userbyid(o.owner))
    from object o
    where o.owner <> o.creator and not o.linked
    union all
    select 4, d.number, 0, d.nspname, d.called, d.owner, d.owner,
        format('REVOKE ALL%%s ON %%s FROM %%s', d.suffix, d.place, r.role)
    from differing d
    cross join lateral (
        select distinct
            case x.grantee
                when 0 then 'PUBLIC'
                when d.creator then quote_ident(pg_get_userbyid(d.owner))
                else quote_ident(pg_get_userbyid(x.grantee))
            end as role
        from aclexplode(d.has) x
    ) r
    union all
    select 5, d.number, g.after * 10000 + g.place, d.nspname, d.called,
        case g.grantor when d.former then d.owner else g.grantor end,
        case g.grantor when d.former then d.owner else g.grantor end,
        format('GRANT %%s ON %%s TO %%s%%s', g.privileges, d.place,
            case g.grantee
                when 0 then 'PUBLIC'
                when d.former then quote_ident(pg_get_userbyid(d.owner))
                else quote_ident(pg_get_userbyid(g.grantee))
            end,
            case when g.is_grantable then ' WITH GRANT OPTION' else '' end)
    from differing d
    join reached g on g.number = d.number
)
-- Who may not do it as he is does it as who may.
select
    case when s.acting is null or (s.acting = s.own and pg_has_role(s.acting, 'USAGE')) then
        s.statement
    else
        format('SET LOCAL ROLE %%I; %%s; SET LOCAL ROLE %%L', pg_get_userbyid(s.acting),
            s.statement, current_setting('role'))
    end,
    s.called,
    s.nspname,
    concat_ws('; ',
        case when not pg_has_role(s.owner, s.becoming) then
            format('GRANT %%I TO %%I', pg_get_userbyid(s.owner), session_user)
        end,
        case when s.rank = 3 and not has_schema_privilege(s.owner, s.nspname, 'CREATE') then
            format('GRANT CREATE ON SCHEMA %%I TO %%I', s.nspname, pg_get_userbyid(s.owner))
        end
    )
from (
    select s.*, coalesce(d.owner, s.owner) as own,
        case when current_setting('server_version_num')::integer < 160000
            then 'MEMBER' else 'SET' end as becoming
    from step s
    left join differing d on d.number = s.number
) s
order by s.rank, s.number, s.place
