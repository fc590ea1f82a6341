-- What was committed with the tenant's changes is the truth, and no later word replaces it.
insert into diffapply.step
    (run, tenant, source, goal, status, error, owners, started_at, finished_at)
values (%(run)s, %(tenant)s, %(source)s, %(goal)s, %(status)s, %(error)s, %(owners)s::text[],
        clock_timestamp() - make_interval(secs => %(seconds)s), clock_timestamp())
on conflict (run, tenant) do update
set status = excluded.status, error = excluded.error, finished_at = excluded.finished_at
where step.status not in ('applied', 'unchanged')
