create table seats (room int, number int, venue int not null, primary key (venue, room, number));
