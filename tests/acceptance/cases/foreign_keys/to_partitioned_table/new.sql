create table events (id int, day date, primary key (id, day)) partition by range (day);
create table events_old partition of events for values from (minvalue) to ('2024-01-01');
create table clicks (event int, day date, foreign key (event, day) references events on delete cascade);
