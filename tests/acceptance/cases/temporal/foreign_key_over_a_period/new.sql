create table rooms (id int4range, valid daterange, primary key (id, valid without overlaps));
create table stays (id int primary key, room int4range, during daterange,
    foreign key (room, period during) references rooms (id, period valid));
