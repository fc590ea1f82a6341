-- why: children get it without a word
-- before
CREATE TABLE vehicles (id bigint);
CREATE TABLE lorries (load numeric) INHERITS (vehicles);
-- after
CREATE TABLE vehicles (id bigint, wheels integer CHECK (wheels > 0));
CREATE TABLE lorries (load numeric) INHERITS (vehicles);
-- expected
ALTER TABLE vehicles
    ADD COLUMN wheels integer,
    ADD CONSTRAINT vehicles_wheels_check CHECK ((wheels > 0));
