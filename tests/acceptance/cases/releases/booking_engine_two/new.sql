create type booking_kind as enum ('normal', 'blocked');
create table buildings (id int generated always as identity primary key, name text not null);
create table rooms (
    id serial primary key,
    building_id int references buildings,
    name text not null,
    floor smallint,
    capacity smallint not null default 1 check (capacity between 1 and 500),
    unique (building_id, name)
);
create table bookings (
    id bigserial primary key,
    room int not null references rooms on delete cascade,
    during tsrange not null,
    kind booking_kind not null default 'normal',
    who text,
    cancelled_at timestamptz,
    constraint bookings_room exclude using gist (int4range(room, room, '[]') with =, during with &&) where (cancelled_at is null)
);
create statistics bookings_who on room, who from bookings;
create view free_rooms as select r.id, r.name from rooms r
    where not exists (select from bookings b where b.room = r.id and b.cancelled_at is null and now()::timestamp <@ b.during);
