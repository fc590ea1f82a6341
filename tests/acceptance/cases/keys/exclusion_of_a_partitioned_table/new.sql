create table bookings (during int4range, room int4range, exclude using gist (room with =, during with &&) with (fillfactor = 80)) partition by list (room);
create table bookings_1 partition of bookings for values in ('[1,2)');
