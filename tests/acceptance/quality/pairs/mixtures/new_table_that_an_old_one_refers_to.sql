-- why: the new table first, then what refers to it, then the view, then what goes
-- before
CREATE TABLE orders (id bigint PRIMARY KEY, customer text, amount integer);
CREATE TABLE faxes (id bigint PRIMARY KEY);
-- after
CREATE TABLE customers (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL);
CREATE TABLE orders (id bigint PRIMARY KEY, amount integer NOT NULL, customer_id bigint REFERENCES customers);
CREATE INDEX orders_customer_id_idx ON orders (customer_id);
CREATE VIEW totals AS SELECT customer_id, sum(amount) AS total FROM orders GROUP BY customer_id;
-- expected
CREATE TABLE customers (
    id bigint GENERATED ALWAYS AS IDENTITY,
    name text NOT NULL,
    CONSTRAINT customers_pkey PRIMARY KEY (id)
);
ALTER TABLE orders
    ADD COLUMN customer_id bigint,
    ALTER COLUMN amount SET NOT NULL,
    ADD CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(id),
    DROP COLUMN customer;
CREATE INDEX orders_customer_id_idx ON orders USING btree (customer_id);
CREATE VIEW totals AS
 SELECT customer_id,
    sum(amount) AS total
   FROM orders
  GROUP BY customer_id;
DROP TABLE faxes;
