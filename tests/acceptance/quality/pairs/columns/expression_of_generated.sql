-- why: since PostgreSQL 17 the expression is replaced, and nothing that hangs on the column goes
-- before
CREATE TABLE items (price integer NOT NULL, total integer GENERATED ALWAYS AS (price * 2) STORED);
CREATE INDEX items_total_idx ON items (total);
-- after
CREATE TABLE items (price integer NOT NULL, total integer GENERATED ALWAYS AS (price * 3) STORED);
CREATE INDEX items_total_idx ON items (total);
-- expected
ALTER TABLE items ALTER COLUMN total SET EXPRESSION AS ((price * 3));
