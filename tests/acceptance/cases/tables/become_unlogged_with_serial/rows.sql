insert into job_locks (name) values ('a'), ('b');
