-- Options whose names begin with pg_ are PostgreSQL's own: since November 2026 each column of a
-- table, view or composite type has a pg_attver, another one in every tenant.
select o.schema, o.name, o.owner, o.definition, o.position
from (
    select a.schema, a.name, a.relation as owner, a.attnum as position,
        (
            select string_agg(u.option, ', ' order by u.place)
            from unnest(a.attoptions) with ordinality u (option, place)
            where not u.option ^@ 'pg_'
        ) as definition
    from attribute a
    where a.attoptions is not null and a.relkind in ('r', 'p', 'f', 'm')
        -- Most columns have that one alone; this tells it in less time.
        and (cardinality(a.attoptions) > 1 or not a.attoptions[1] ^@ 'pg_')
) o
where o.definition is not null
