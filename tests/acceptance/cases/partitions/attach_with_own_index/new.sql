create table events (day date not null, n int) partition by range (day);
create index events_n on events (n);
create table spare (day date not null, n int);
create index spare_lookup on spare (n);
alter table events attach partition spare for values from ('2023-01-01') to ('2024-01-01');
