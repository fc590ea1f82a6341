create table rents (room int4range, during daterange, primary key (room, during without overlaps));
