-- why: the view makes room; the index is taken along by PostgreSQL; the table is rewritten once
-- before
CREATE TABLE readings (id integer PRIMARY KEY, value integer NOT NULL, taken timestamp);
CREATE INDEX readings_value_idx ON readings (value);
CREATE VIEW high AS SELECT id, value FROM readings WHERE value > 10;
-- after
CREATE TABLE readings (id bigint PRIMARY KEY, value numeric NOT NULL, taken timestamptz NOT NULL DEFAULT now());
CREATE INDEX readings_value_idx ON readings (value);
CREATE VIEW high AS SELECT id, value FROM readings WHERE value > 10;
-- expected
DROP VIEW high;
ALTER TABLE readings
    ALTER COLUMN id TYPE bigint,
    ALTER COLUMN value TYPE numeric,
    ALTER COLUMN taken TYPE timestamp with time zone,
    ALTER COLUMN taken SET DEFAULT now(),
    ALTER COLUMN taken SET NOT NULL;
CREATE VIEW high AS
 SELECT id,
    value
   FROM readings
  WHERE (value > (10)::numeric);
