create table events (day date not null, n int) partition by range (day);
create table events_2023 partition of events for values from ('2023-01-01') to ('2024-01-01');
create index events_n on events (n);
