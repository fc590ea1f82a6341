-- why: the table is locked once, and read once for all its checks
-- before
CREATE TABLE customers (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, code text NOT NULL, customer_id bigint, amount integer);
-- after
CREATE TABLE customers (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, code text NOT NULL UNIQUE, customer_id bigint REFERENCES customers, amount integer CHECK (amount > 0));
-- expected
ALTER TABLE orders
    ADD CONSTRAINT orders_code_key UNIQUE (code),
    ADD CONSTRAINT orders_amount_check CHECK ((amount > 0)),
    ADD CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(id);
