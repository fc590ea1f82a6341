-- why: what refers goes before what it refers to; no constraint is dropped by itself
-- before
CREATE TABLE others (id bigint);
CREATE TABLE customers (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customers);
CREATE TABLE items (order_id bigint NOT NULL REFERENCES orders);
-- after
CREATE TABLE others (id bigint);
-- expected
DROP TABLE items;
DROP TABLE orders;
DROP TABLE customers;
