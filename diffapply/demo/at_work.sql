-- Meanwhile a tenant has begun to use its new table.
insert into user_5.marketplace_tasks (job_id, name, position)
values (1, 'Upload image 1/3', 1);
