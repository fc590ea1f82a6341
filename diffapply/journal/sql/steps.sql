select tenant, source, goal, status, error, started_at, finished_at, undone_by
from diffapply.step
where run = %s
