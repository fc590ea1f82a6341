-- why: the column that refers goes, its foreign key with it; then the table
-- before
CREATE TABLE customers (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customers, tax_id bigint);
-- after
CREATE TABLE orders (id bigint PRIMARY KEY, tax_id bigint);
-- expected
ALTER TABLE orders DROP COLUMN customer_id;
DROP TABLE customers;
