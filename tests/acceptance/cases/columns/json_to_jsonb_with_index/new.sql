create table events (id int primary key, payload jsonb not null);
create index events_payload on events using gin (payload jsonb_path_ops);
