-- What somebody does by hand on a Friday evening.
alter table user_7.marketplace_tasks add column note text;
drop index user_7.ix_marketplace_tasks_job_status;
alter table user_3.marketplace_tasks alter column status set default 'RUNNING';
