-- pg_get_functiondef names the schema right after CREATE OR REPLACE FUNCTION or PROCEDURE.
select m.schema, n.name, n.name as owner,
    case when set_config('search_path', m.path, true) <> '' then
        k.word || ' ' || substr(pg_get_functiondef(p.oid), 1 + length(
            'CREATE OR REPLACE ' || k.word || ' ' || quote_ident(m.nspname) || '.'
        ))
    end as definition,
    0 as position
from member m
join pg_proc p on p.oid = m.objid and p.prokind in ('f', 'p', 'w')
cross join lateral (
    select case p.prokind when 'p' then 'PROCEDURE' else 'FUNCTION' end as word
) k
cross join lateral (
    select case when set_config('search_path', m.path, true) <> '' then
        p.oid::regprocedure::text
    end as name
) n
where m.classid = 'pg_proc'::regclass
