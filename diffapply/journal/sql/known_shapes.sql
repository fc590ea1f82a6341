-- Two index probes a shape, instead of a scan over the steps of all runs.
select s.fingerprint
from diffapply.shape s
where exists (select from diffapply.step where source = s.fingerprint and status = 'applied')
    or exists (select from diffapply.step where goal = s.fingerprint and status = 'applied')
