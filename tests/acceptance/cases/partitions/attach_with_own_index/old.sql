create table events (day date not null, n int) partition by range (day);
create index events_n on events (n);
create table spare (day date not null, n int);
create index spare_lookup on spare (n);
