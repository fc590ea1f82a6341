-- why: each table is rewritten once; keys and foreign keys stay, PostgreSQL takes them along
-- before
CREATE TABLE customers (id integer PRIMARY KEY);
CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer NOT NULL REFERENCES customers);
-- after
CREATE TABLE customers (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customers);
-- expected
ALTER TABLE customers ALTER COLUMN id TYPE bigint;
ALTER TABLE orders
    ALTER COLUMN id TYPE bigint,
    ALTER COLUMN customer_id TYPE bigint;
