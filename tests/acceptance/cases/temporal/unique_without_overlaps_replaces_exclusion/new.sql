create table rents (room int4range, during daterange, constraint once unique (room, during without overlaps));
