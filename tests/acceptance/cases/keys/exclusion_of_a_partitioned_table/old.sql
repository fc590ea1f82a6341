create table bookings (during int4range, room int4range) partition by list (room);
create table bookings_1 partition of bookings for values in ('[1,2)');
