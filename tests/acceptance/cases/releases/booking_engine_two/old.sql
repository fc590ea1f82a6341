create table rooms (id serial primary key, name text unique, floor int default 0);
create table bookings (id serial primary key, room int references rooms, starts timestamp not null, ends timestamp not null, who text, check (starts < ends));
create index bookings_room on bookings (room, starts);
create function overlap(a timestamp, b timestamp) returns boolean language sql as $$ select a < b $$;
