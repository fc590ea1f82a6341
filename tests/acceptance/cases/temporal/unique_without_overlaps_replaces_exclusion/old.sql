create table rents (room int4range, during daterange, constraint once exclude using gist (room with =, during with &&));
