-- The steps that can be taken back: of forward runs, applied, and not taken back yet.
--
-- A provisioning is told by its run, which has the fingerprint of its goal for a plan's digest, in
-- every journal ever written. What a tenant of the same name had before it was provisioned was
-- another schema's, and never comes back. A tenant that was dropped is told likewise: the goal of
-- that run was nothing, and whatever has its name now is another.
with provisioned as materialized (
    select s.tenant, max(s.run) as run
    from diffapply.run r
    join diffapply.shape on fingerprint = r.plan_digest
    join diffapply.step s on s.run = r.id
    where s.tenant = any (%(tenants)s::text[]) and s.status = 'applied'
    group by s.tenant
),
undoable as materialized (
    select s.tenant, s.run, s.source, s.owners
    from diffapply.step s
    join diffapply.run r on r.id = s.run
    left join provisioned p on p.tenant = s.tenant
    where s.tenant = any (%(tenants)s::text[])
        and s.status = 'applied'
        and s.undone_by is null
        and r.direction = 'forward'
        and s.run >= coalesce(%(to)s, 0)
        and (s.run > p.run or s.run = p.run and %(provisioned)s or p.run is null)
)
select tenant, run, source, owners
from undoable
where %(to)s is not null or run = (select max(run) from undoable)
order by tenant, run
