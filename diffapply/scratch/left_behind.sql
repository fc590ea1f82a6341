-- Scratch databases that nobody is connected to, and throw-away roles without one that nobody uses.
select d.datname
from pg_database d
where starts_with(d.datname, 'diffapply_scratch_')
    and not exists (select from pg_stat_activity a where a.datname = d.datname)
union all
select r.rolname
from pg_roles r
where starts_with(r.rolname, 'diffapply_scratch_')
    and not exists (select from pg_database d where d.datname = r.rolname)
    and not exists (select from pg_stat_activity a where a.usename = r.rolname)
