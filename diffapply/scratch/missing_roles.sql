-- Those of these names that no role has.
select w.name from unnest(%s::text[]) w (name)
where not exists (select from pg_roles r where r.rolname = w.name)
order by 1
