-- What each routine of the schema does: what decides on its results; not who may run it, what it
-- costs, and the like.
select p.oid::regprocedure::text, row(
    p.prosrc, p.probin, pg_get_function_sqlbody(p.oid), p.proconfig, p.prolang, p.proisstrict,
    pg_get_function_arguments(p.oid), p.prorettype
)::text
from pg_proc p
join pg_namespace n on n.oid = p.pronamespace
where n.nspname = %(schema)s and p.prokind in ('f', 'p', 'w')
