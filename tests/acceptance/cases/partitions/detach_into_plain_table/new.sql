create table events (day date not null, n int) partition by range (day);
create table events_2023 (day date not null, n int);
create index events_2023_n_idx on events_2023 (n);
create index events_n on events (n);
