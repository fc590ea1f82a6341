create unlogged table job_locks (id serial primary key, name text unique);
