-- why: it is built once, after the table has its new type
-- before
CREATE TABLE orders (id integer, amount integer);
CREATE MATERIALIZED VIEW large AS SELECT id, amount FROM orders WHERE amount > 100;
CREATE INDEX large_amount_idx ON large (amount);
-- after
CREATE TABLE orders (id bigint, amount integer);
CREATE MATERIALIZED VIEW large AS SELECT id, amount FROM orders WHERE amount > 100;
CREATE INDEX large_amount_idx ON large (amount);
-- expected
DROP MATERIALIZED VIEW large;
ALTER TABLE orders ALTER COLUMN id TYPE bigint;
CREATE MATERIALIZED VIEW large AS
 SELECT id,
    amount
   FROM orders
  WHERE (amount > 100);
CREATE INDEX large_amount_idx ON large USING btree (amount);
