create table bookings (during int4range, room integer, exclude using gist (during with &&) with (fillfactor = 70));
