-- How many tables of each list each schema has. The journal and PostgreSQL's own schemas are out.
select n.nspname, wanted.number, count(*)
from unnest(%(numbers)s::int[], %(names)s::text[]) as wanted (number, name)
join pg_class c on c.relname = wanted.name and c.relkind in ('r', 'p')
join pg_namespace n on n.oid = c.relnamespace
where n.nspname = any (%(schemas)s::text[])
group by n.nspname, wanted.number
