-- Functions and operators of the names that are given, with the same argument types as PostgreSQL's
-- own and with types that match some calls better, in a schema. Each says in the server's log who
-- called it.
do $do$
declare
    wanted record;
    place text := current_setting('shadows.schema');
begin
    for wanted in
        with alike (type, other) as (
            values ('text', 'name'), ('text', 'varchar'), ('text', '"char"'), ('name', 'text'),
                ('oid', 'regclass'), ('oid', 'integer'), ('integer', 'bigint'),
                ('integer', 'oid'), ('bigint', 'integer'), ('anyarray', 'text[]'),
                ('anyarray', 'oid[]'), ('anyarray', 'name[]'), ('anyelement', 'text'),
                ('"any"', 'text'), ('"any"', 'name'), ('"any"', 'oid'), ('"any"', 'integer'),
                ('regclass', 'text'), ('regclass', 'oid'), ('bytea', 'text')
        ),
        called as (
            select p.proname, p.oid,
                array(select format_type(t, null) from unnest(p.proargtypes) t) as args,
                (case when p.proretset then 'setof ' else '' end)
                    || format_type(p.prorettype, null) as result
            from pg_proc p
            where p.pronamespace = 'pg_catalog'::regnamespace and p.prokind in ('f', 'a', 'w')
                and p.proname = any (string_to_array(current_setting('shadows.functions'), ' '))
                and p.prorettype not in ('internal'::regtype, 'cstring'::regtype)
        ),
        signature as (
            select proname, args, result from called
            union
            select c.proname,
                array(
                    select case when n.place = changed.place then a.other else n.arg end
                    from unnest(c.args) with ordinality n (arg, place) order by n.place
                ),
                c.result
            from called c
            cross join lateral unnest(c.args) with ordinality changed (arg, place)
            join alike a on a.type = changed.arg
            union
            -- All arguments at once.
            select c.proname,
                array(
                    select coalesce(
                        (select a.other from alike a where a.type = n.arg limit 1), n.arg
                    )
                    from unnest(c.args) with ordinality n (arg, place) order by n.place
                ),
                c.result
            from called c
        )
        select format(
            'create function %I.%I(%s) returns %s language plpgsql as %L', place, proname,
            array_to_string(args, ', '),
            case
                when result ~ '\many|trigger|record' then 'text'
                else result
            end,
            format(
                'begin raise log %L, session_user, pg_catalog.current_database(); raise exception %L; end',
                'SHADOWED ' || proname || ' called by % in %', 'shadowed'
            )
        ) as statement
        from signature
    loop
        begin
            execute wanted.statement;
        exception when others then null;  -- PostgreSQL does not take every signature
        end;
    end loop;
    for wanted in
        select symbol, l, r,
            format(
                'create function %1$I.%2$I(%3$s, %4$s) returns %6$s language plpgsql as %5$L',
                place, 'shadow', l, r,
                format(
                    'begin raise log %L, session_user, pg_catalog.current_database(); raise exception %L; end',
                    'SHADOWED ' || symbol || ' called by % in %', 'shadowed'
                ),
                case when symbol in ('||', '+', '-', '->>', '->') then 'text' else 'boolean' end
            ) as routine,
            format(
                'create operator %1$I.%2$s (leftarg = %3$s, rightarg = %4$s, function = %1$I.shadow)',
                place, symbol, l, r
            ) as operator
        from unnest(string_to_array(current_setting('shadows.operators'), ' ')) symbol
        cross join unnest(array['text', 'name', 'oid', 'integer', '"char"', 'bigint']) l
        cross join unnest(array['text', 'name', 'oid', 'integer', '"char"', 'bigint']) r
    loop
        begin
            execute wanted.routine;
            execute wanted.operator;
        exception when duplicate_function then
            begin
                execute wanted.operator;
            exception when others then null;
            end;
        when others then null;
        end;
    end loop;
end
$do$;
