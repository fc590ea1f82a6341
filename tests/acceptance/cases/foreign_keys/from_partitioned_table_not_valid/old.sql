create table users (id int primary key);
create table events (user_id int, day date) partition by range (day);
create table events_new partition of events default;
