-- why: each table has one statement
-- before
CREATE TABLE customers (id bigint PRIMARY KEY, age integer CHECK (age > 0), name text CHECK (name <> ''));
CREATE TABLE orders (amount integer CHECK (amount > 0), code text UNIQUE);
-- after
CREATE TABLE customers (id bigint PRIMARY KEY, age integer CHECK (age >= 18), name text CHECK (name <> ' '));
CREATE TABLE orders (amount integer CHECK (amount >= 0), code text);
-- expected
ALTER TABLE customers
    DROP CONSTRAINT customers_age_check,
    ADD CONSTRAINT customers_age_check CHECK ((age >= 18)),
    DROP CONSTRAINT customers_name_check,
    ADD CONSTRAINT customers_name_check CHECK ((name <> ' '::text));
ALTER TABLE orders
    DROP CONSTRAINT orders_amount_check,
    ADD CONSTRAINT orders_amount_check CHECK ((amount >= 0)),
    DROP CONSTRAINT orders_code_key;
