create table users (id int primary key);
create table events (user_id int, day date) partition by range (day);
create table events_new partition of events default;
alter table events add constraint events_user foreign key (user_id) references users not valid;
