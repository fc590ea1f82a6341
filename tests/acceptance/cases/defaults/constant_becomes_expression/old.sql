create table jobs (run_at timestamptz default '2024-06-01 00:00+00', day date default '2024-06-01', tz text default 'UTC');
