create table events (id int, day date, primary key (id, day)) partition by range (day);
create table events_a partition of events for values from (minvalue) to ('2024-01-01');
create table events_b partition of events default partition by list (id);
create table events_b_1 partition of events_b for values in (1);
create table other (a int);
