-- why: only when it is checked changes; no row is read
-- before
CREATE TABLE customers (id bigint PRIMARY KEY);
CREATE TABLE orders (customer_id bigint REFERENCES customers);
-- after
CREATE TABLE customers (id bigint PRIMARY KEY);
CREATE TABLE orders (customer_id bigint REFERENCES customers DEFERRABLE INITIALLY DEFERRED);
-- expected
ALTER TABLE orders ALTER CONSTRAINT orders_customer_id_fkey DEFERRABLE INITIALLY DEFERRED;
