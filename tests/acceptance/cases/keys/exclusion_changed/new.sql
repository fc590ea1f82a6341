create table bookings (during int4range, exclude using gist (during with -|-) deferrable);
