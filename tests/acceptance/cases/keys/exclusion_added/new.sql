create table bookings (
    id int primary key,
    during tsrange not null,
    cancelled boolean not null default false,
    constraint no_overlap exclude using gist (during with &&) where (not cancelled)
);
