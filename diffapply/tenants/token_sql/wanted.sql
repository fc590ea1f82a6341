-- Whether the function is not there, and the role may create it.
select exists (
    select from pg_namespace n
    where n.nspname = 'diffapply' and has_schema_privilege(n.oid, 'create')
        and not exists (
            select from pg_proc p where p.pronamespace = n.oid and p.proname = %(name)s
        )
)
