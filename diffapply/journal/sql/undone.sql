-- Which run was taken back by which, and in how many tenants.
select run, undone_by, count(*)
from diffapply.step
where undone_by is not null and (%(run)s is null or %(run)s in (run, undone_by))
group by run, undone_by
order by run, undone_by
