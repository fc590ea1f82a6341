-- why: the table that is referred to stands already, so nothing is added afterwards
-- before
CREATE TABLE customers (id bigint PRIMARY KEY);
-- after
CREATE TABLE customers (id bigint PRIMARY KEY);
CREATE TABLE addresses (id bigint PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customers);
-- expected
CREATE TABLE addresses (
    id bigint NOT NULL,
    customer_id bigint NOT NULL,
    CONSTRAINT addresses_pkey PRIMARY KEY (id),
    CONSTRAINT addresses_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(id)
);
