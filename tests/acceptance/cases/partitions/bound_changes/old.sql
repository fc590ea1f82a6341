create table events (day date not null) partition by range (day);
create table events_old partition of events for values from (minvalue) to ('2023-01-01');
create table events_new partition of events for values from ('2023-01-01') to (maxvalue);
