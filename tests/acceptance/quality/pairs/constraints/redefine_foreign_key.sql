-- why: another action on delete needs another constraint; both are one statement
-- before
CREATE TABLE customers (id bigint PRIMARY KEY);
CREATE TABLE orders (customer_id bigint REFERENCES customers);
-- after
CREATE TABLE customers (id bigint PRIMARY KEY);
CREATE TABLE orders (customer_id bigint REFERENCES customers ON DELETE CASCADE);
-- expected
ALTER TABLE orders
    DROP CONSTRAINT orders_customer_id_fkey,
    ADD CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(id) ON DELETE CASCADE;
