-- needs pg_proc
-- pg_get_functiondef names the schema right after CREATE OR REPLACE FUNCTION or PROCEDURE.
select p.schema, p.name, p.name as owner,
    case when set_config('search_path', p.path, true) <> '' then
        k.word || ' ' || substr(pg_get_functiondef(p.oid), 1 + length(
            'CREATE OR REPLACE ' || k.word || ' ' || quote_ident(p.nspname) || '.'
        ))
    end as definition,
    0 as position, p.hint
from program p
cross join lateral (
    select case p.prokind when 'p' then 'PROCEDURE' else 'FUNCTION' end as word
) k
where p.prokind in ('f', 'p', 'w')
