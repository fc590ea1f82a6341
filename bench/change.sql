-- The change, as one would write it by hand.
create table marketplace_jobs (
    id serial primary key,
    name varchar(255) not null,
    status varchar(50) default 'PENDING' not null,
    created_at timestamptz default now() not null
);
create table marketplace_tasks (
    id serial primary key,
    job_id integer not null references marketplace_jobs (id) on delete cascade,
    name varchar(255) not null,
    position integer not null,
    status varchar(50) default 'PENDING' not null,
    result jsonb,
    error_message text,
    created_at timestamptz default now() not null,
    started_at timestamptz,
    completed_at timestamptz
);
create index ix_marketplace_tasks_job_position on marketplace_tasks (job_id, position);
create index ix_marketplace_tasks_job_status on marketplace_tasks (job_id, status);
