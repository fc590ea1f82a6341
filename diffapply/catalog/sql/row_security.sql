select r.schema, r.name, r.name as owner, 'ENABLE' as definition, 0 as position
from relation r
where r.relrowsecurity
