create table bookings (id int primary key, during tsrange not null, cancelled boolean not null default false);
