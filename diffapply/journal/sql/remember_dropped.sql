-- What objects had that a run drops; see version 3. A way back may be made when the numbers of
-- roles are others' and some of them are gone.
insert into diffapply.dropped (run, tenant, had)
select %(run)s, k.schema, jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
    'class', k.class, 'name', k.new, 'owner', pg_get_userbyid(k.owner), 'labels', k.labels,
    'publications', k.publications, 'position', k.position,
    'acl', case when k.acl is not null then coalesce(
        (
            select jsonb_agg(jsonb_build_object(
                'by', pg_get_userbyid(g.grantor),
                'to', case when g.grantee <> 0 then pg_get_userbyid(g.grantee) end,
                'may', g.may, 'grantable', g.is_grantable
            ))
            from (
                select x.grantor, x.grantee, x.is_grantable,
                    jsonb_agg(x.privilege_type order by x.privilege_type) as may
                from aclexplode(nullif(k.acl, '{}')::aclitem[]) x
                group by 1, 2, 3
            ) g
        ), '[]') end
)))
from jsonb_to_recordset(%(kept)s::jsonb) as k (
    schema text, class text, new text, gone boolean, owner oid, acl text, labels jsonb,
    publications jsonb, position jsonb
)
where k.gone
group by k.schema
