with new as (insert into job_locks (name) values ('c') returning id) select id = 3 from new
