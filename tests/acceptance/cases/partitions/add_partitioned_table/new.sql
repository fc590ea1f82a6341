create table users (id int primary key);
create table events (
    id bigint generated always as identity,
    user_id int not null references users,
    at timestamptz not null default now(),
    primary key (id, at)
) partition by range (at);
create table events_2024 partition of events for values from ('2024-01-01 00:00+00') to ('2025-01-01 00:00+00');
create table events_rest partition of events default;
create index events_user on events (user_id, at desc);
