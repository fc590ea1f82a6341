create table event_log (id bigserial primary key, at timestamptz not null default now(), kind varchar(30) not null, data json);
create index event_log_kind on event_log (kind);
create view recent_events as select * from event_log where at > now() - interval '1 day';
