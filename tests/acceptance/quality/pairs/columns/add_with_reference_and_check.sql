-- why: the constraints of a new column go with it, in one statement
-- before
CREATE TABLE customers (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY);
-- after
CREATE TABLE customers (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint REFERENCES customers, amount integer CHECK (amount > 0));
-- expected
ALTER TABLE orders
    ADD COLUMN customer_id bigint,
    ADD COLUMN amount integer,
    ADD CONSTRAINT orders_amount_check CHECK ((amount > 0)),
    ADD CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(id);
