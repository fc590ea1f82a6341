-- why: in one statement, the table is rewritten once
-- before
CREATE TABLE readings (sensor integer NOT NULL, value integer, taken date, label varchar(10));
-- after
CREATE TABLE readings (sensor bigint NOT NULL, value numeric(12,3), taken timestamp, label text);
-- expected
ALTER TABLE readings
    ALTER COLUMN sensor TYPE bigint,
    ALTER COLUMN value TYPE numeric(12,3),
    ALTER COLUMN taken TYPE timestamp without time zone,
    ALTER COLUMN label TYPE text;
