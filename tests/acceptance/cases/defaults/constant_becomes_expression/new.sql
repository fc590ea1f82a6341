create table jobs (run_at timestamptz default (now() + interval '1 hour'), day date default current_date, tz text default current_setting('TimeZone'));
