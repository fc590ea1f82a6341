create table event_log (
    id bigint generated always as identity,
    at timestamptz not null default now(),
    kind varchar(30) not null check (kind in ('click', 'view')),
    data jsonb not null default '{}',
    primary key (id, at)
) partition by range (at);
create table event_log_2024_01 partition of event_log for values from ('2024-01-01 00:00+00') to ('2024-02-01 00:00+00');
create table event_log_2024_02 partition of event_log for values from ('2024-02-01 00:00+00') to ('2024-03-01 00:00+00');
create table event_log_rest partition of event_log default;
create index event_log_kind on event_log (kind, at desc);
create view recent_events as select * from event_log where at > now() - interval '1 day';
