-- The schemas asked for, and their members. These are found through pg_depend, which has an index
-- on what is depended upon: the cost grows with the schemas asked for, not with the database.
-- Members of extensions are left out.
-- `path` makes PostgreSQL write names without the schema: it is set, row by row, right before a
-- definition is written (CASE fixes the order), so that one query serves many tenants. `hint` is in
-- whatever says the schema's name. The schema stands before pg_catalog, so that all its own names
-- are written without it; but pg_get_viewdef and pg_get_ruledef look their rule up by a query with
-- "=" on oid and on name, and would call a schema's own operators as us.
schema as materialized (
    select n.oid, n.nspname,
        case
            when exists (
                select from pg_operator o
                where o.oprname = '=' and o.oprnamespace = n.oid
                    and (o.oprleft, o.oprright) in (
                        ('oid'::regtype, 'oid'::regtype), ('name'::regtype, 'name'::regtype)
                    )
            ) then 'pg_catalog, ' || quote_ident(n.nspname) || ', pg_temp'
            else quote_ident(n.nspname) || ', pg_catalog, pg_temp'
        end as path,
        '%' || substring(n.nspname from '^[^"''\\]*') || '%' as hint
    from pg_namespace n
    where n.oid = any ($1)
),
every_member as materialized (
    select s.oid as schema, s.nspname, s.hint, s.path, d.classid, d.objid
    from schema s
    join pg_depend d
        on d.refclassid = 'pg_namespace'::regclass and d.refobjid = s.oid and d.deptype = 'n'
    where (d.classid, d.objid) not in (
        select e.classid, e.objid
        from pg_depend e
        where e.refclassid = 'pg_extension'::regclass and e.deptype = 'e'
    )
),
