-- why: all names follow a convention now: nothing is built, nothing is read
-- before
CREATE TABLE customers (id bigint, email text NOT NULL, CONSTRAINT pk_customers PRIMARY KEY (id), CONSTRAINT uq_email UNIQUE (email));
CREATE TABLE orders (id bigint, customer_id bigint, CONSTRAINT pk_orders PRIMARY KEY (id), CONSTRAINT fk_customer FOREIGN KEY (customer_id) REFERENCES customers);
CREATE INDEX ix_customer ON orders (customer_id);
-- after
CREATE TABLE customers (id bigint PRIMARY KEY, email text NOT NULL UNIQUE);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint REFERENCES customers);
CREATE INDEX orders_customer_id_idx ON orders (customer_id);
-- expected
ALTER TABLE customers RENAME CONSTRAINT pk_customers TO customers_pkey;
ALTER TABLE customers RENAME CONSTRAINT uq_email TO customers_email_key;
ALTER TABLE orders RENAME CONSTRAINT pk_orders TO orders_pkey;
ALTER TABLE orders RENAME CONSTRAINT fk_customer TO orders_customer_id_fkey;
ALTER INDEX ix_customer RENAME TO orders_customer_id_idx;
