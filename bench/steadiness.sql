-- Of the steps in the order in which they ended: how fast the last tenth was, beside the first.
with step as (
    select finished_at, ntile(10) over (order by finished_at) as tenth
    from diffapply.step where run = (select max(id) from diffapply.run)
), taken as (
    select tenth, extract(epoch from max(finished_at) - min(finished_at)) / count(*) as seconds
    from step group by tenth
)
select (min(seconds) filter (where tenth = 1)
    / nullif(min(seconds) filter (where tenth = 10), 0))::float8
from taken
