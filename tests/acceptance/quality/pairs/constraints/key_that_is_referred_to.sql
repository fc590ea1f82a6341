-- why: the foreign key hangs on the old key, so it makes room and comes back once
-- before
CREATE TABLE customers (id bigint NOT NULL, code text NOT NULL, CONSTRAINT customers_pkey PRIMARY KEY (id));
CREATE TABLE orders (customer_id bigint REFERENCES customers);
-- after
CREATE TABLE customers (id bigint NOT NULL UNIQUE, code text NOT NULL, CONSTRAINT customers_pkey PRIMARY KEY (code));
CREATE TABLE orders (customer_id bigint REFERENCES customers (id));
-- expected
ALTER TABLE orders DROP CONSTRAINT orders_customer_id_fkey;
ALTER TABLE customers
    DROP CONSTRAINT customers_pkey,
    ADD CONSTRAINT customers_pkey PRIMARY KEY (code),
    ADD CONSTRAINT customers_id_key UNIQUE (id);
ALTER TABLE orders ADD CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(id);
