-- why: its rows stay; only the index is built
-- before
CREATE TABLE orders (id integer, amount integer);
CREATE MATERIALIZED VIEW large AS SELECT id, amount FROM orders WHERE amount > 100;
-- after
CREATE TABLE orders (id integer, amount integer);
CREATE MATERIALIZED VIEW large AS SELECT id, amount FROM orders WHERE amount > 100;
CREATE INDEX large_amount_idx ON large (amount);
-- expected
CREATE INDEX large_amount_idx ON large USING btree (amount);
