-- why: an exclusion constraint is a key, too
-- before
-- after
CREATE TABLE bookings (room integer NOT NULL, during tsrange NOT NULL, EXCLUDE USING gist (during WITH &&));
-- expected
CREATE TABLE bookings (
    room integer NOT NULL,
    during tsrange NOT NULL,
    CONSTRAINT bookings_during_excl EXCLUDE USING gist (during WITH &&)
);
