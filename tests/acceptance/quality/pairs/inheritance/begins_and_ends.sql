-- why: the tables stay, with their rows
-- before
CREATE TABLE vehicles (id bigint);
CREATE TABLE lorries (id bigint, load numeric);
CREATE TABLE bikes (id bigint) INHERITS (vehicles);
-- after
CREATE TABLE vehicles (id bigint);
CREATE TABLE lorries (id bigint, load numeric) INHERITS (vehicles);
CREATE TABLE bikes (id bigint);
-- expected
ALTER TABLE bikes NO INHERIT vehicles;
ALTER TABLE lorries INHERIT vehicles;
