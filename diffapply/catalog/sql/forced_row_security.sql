select r.schema, r.name, r.name as owner, 'FORCE' as definition, 0 as position
from relation r
where r.relforcerowsecurity
