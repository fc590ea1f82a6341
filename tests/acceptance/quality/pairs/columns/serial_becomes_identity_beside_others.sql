-- why: constraints are checked, and columns go, with the rewrite; the identity takes over afterwards
-- before
CREATE TABLE bookings (id bigserial NOT NULL, begins date, ends date, plan text);
-- after
CREATE TABLE bookings (id bigint NOT NULL GENERATED ALWAYS AS IDENTITY, begins timestamp, ends timestamp, CONSTRAINT bookings_times CHECK (begins < ends));
-- expected
ALTER TABLE bookings
    ALTER COLUMN id DROP DEFAULT,
    ALTER COLUMN begins TYPE timestamp without time zone,
    ALTER COLUMN ends TYPE timestamp without time zone,
    ADD CONSTRAINT bookings_times CHECK ((begins < ends)),
    DROP COLUMN plan;
ALTER SEQUENCE bookings_id_seq RENAME TO diffapply_old_67b5fdf9eb2408cc;
ALTER TABLE bookings ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY;
SELECT pg_catalog.setval('bookings_id_seq', last_value, is_called) FROM diffapply_old_67b5fdf9eb2408cc;
DROP SEQUENCE diffapply_old_67b5fdf9eb2408cc;
