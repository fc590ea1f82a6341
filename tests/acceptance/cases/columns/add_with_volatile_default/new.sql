create table devices (id int primary key, token uuid not null default gen_random_uuid(), seen timestamptz default clock_timestamp());
