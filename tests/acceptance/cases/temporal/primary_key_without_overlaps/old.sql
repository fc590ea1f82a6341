create table rents (room int4range not null, during daterange not null);
