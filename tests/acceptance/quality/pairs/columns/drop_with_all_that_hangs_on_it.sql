-- why: index, check and foreign key go with their column
-- before
CREATE TABLE customers (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint NOT NULL DEFAULT 0 REFERENCES customers, CHECK (customer_id >= 0));
CREATE INDEX orders_customer_id_idx ON orders (customer_id);
COMMENT ON COLUMN orders.customer_id IS 'who pays';
-- after
CREATE TABLE customers (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY);
-- expected
ALTER TABLE orders DROP COLUMN customer_id;
