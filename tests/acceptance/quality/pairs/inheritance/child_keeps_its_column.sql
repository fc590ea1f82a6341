-- why: only the parent loses it; the child keeps its rows' values
-- before
CREATE TABLE vehicles (id bigint, wheels integer);
CREATE TABLE lorries (load numeric) INHERITS (vehicles);
-- after
CREATE TABLE vehicles (id bigint);
CREATE TABLE lorries (load numeric, wheels integer) INHERITS (vehicles);
-- expected
ALTER TABLE ONLY vehicles DROP COLUMN wheels;
