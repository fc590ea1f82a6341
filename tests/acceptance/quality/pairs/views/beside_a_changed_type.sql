-- why: a view that does not read the column stays
-- before
CREATE TABLE orders (id bigint PRIMARY KEY, amount integer, note text);
CREATE VIEW notes AS SELECT id, note FROM orders;
-- after
CREATE TABLE orders (id bigint PRIMARY KEY, amount bigint, note text);
CREATE VIEW notes AS SELECT id, note FROM orders;
-- expected
ALTER TABLE orders ALTER COLUMN amount TYPE bigint;
