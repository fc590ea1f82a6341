-- Of what transitions need rights on in their tenants, that on which the role has none: the
-- transition, the tenant, the number of what is needed, its owner, the role, and what would give it
-- the owner's rights. Where the role can neither create nor owns any of it, somebody else will
-- apply. Of routines of one name it is not known which is meant.
set local jit = off;
with tenant as materialized (
    select n.oid, n.nspname, n.nspowner, u.transition
    from unnest(%(tenants)s::name[], %(transitions)s::int[]) u (name, transition)
    join pg_namespace n on n.nspname = u.name
),
wanted as materialized (
    select *
    from jsonb_to_recordset(%(needed)s::jsonb) as w (
        transition int, number int, kind text, name name, "right" text
    )
),
object as materialized (
    select t.*, w.number, w.kind, w."right", o.oid as object, o.owner
    from tenant t
    join wanted w on w.transition = t.transition
    cross join lateral (
        select c.oid, c.relowner
        from pg_class c
        where w.kind not in ('TYPE', 'ROUTINE', 'COLLATION', 'STATISTICS')
            and c.relname = w.name and c.relnamespace = t.oid
        union all
        select y.oid, y.typowner
        from pg_type y
        where w.kind = 'TYPE' and y.typname = w.name and y.typnamespace = t.oid
        union all
        select l.oid, l.collowner
        from pg_collation l
        where w.kind = 'COLLATION' and l.collname = w.name and l.collnamespace = t.oid
        union all
        select s.oid, s.stxowner
        from pg_statistic_ext s
        where w.kind = 'STATISTICS' and s.stxname = w.name and s.stxnamespace = t.oid
        union all
        select min(p.oid), min(p.proowner)
        from pg_proc p
        where w.kind = 'ROUTINE' and p.proname = w.name and p.pronamespace = t.oid
        having count(*) = 1
    ) o (oid, owner)
),
judged as (
    select o.*, a.owns,
        bool_or(a.owns) over (partition by o.nspname)
            or has_schema_privilege(o.oid, 'CREATE') as applies
    from object o
    cross join lateral (select pg_has_role(o.owner, 'USAGE') as owns) a
)
select j.transition, j.nspname, j.number, quote_ident(pg_get_userbyid(j.owner)),
    quote_ident(current_user),
    case when not r.rolsuper then concat_ws(
        ' and ',
        case when i.anew or not i.is_member then
            format('GRANT %%I TO %%I', r.rolname, current_user)
                || case when i.anew and (i.is_member or not me.rolinherit)
                    then ' WITH INHERIT TRUE' else '' end
        end,
        case when not i.anew and not me.rolinherit then
            format('ALTER ROLE %%I INHERIT', current_user)
        end
    ) end
from judged j
join pg_roles r on r.oid = j.owner
join pg_roles me on me.rolname = current_user
cross join lateral (
    select current_setting('server_version_num')::integer >= 160000 as anew,
        pg_has_role(j.owner, 'MEMBER') as is_member
) i
where j.applies and case j."right"
    when 'own' then not j.owns
    -- The schema's owner may drop what it does not own. A table is locked before, and asked whether
    -- it has rows.
    when 'drop' then not (
        j.owns or pg_has_role(j.nspowner, 'USAGE') and (
            j.kind <> 'TABLE'
            or has_any_column_privilege(j.object, 'SELECT')
                and has_table_privilege(j.object, 'UPDATE, DELETE, TRUNCATE')
        )
    )
    when 'trigger' then not has_table_privilege(j.object, 'TRIGGER')
    else not has_any_column_privilege(j.object, 'REFERENCES')
end
order by j.transition, j.nspname, j.number
