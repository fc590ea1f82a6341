-- why: the column first, the index right after it, before the next table
-- before
CREATE TABLE orders (id bigint PRIMARY KEY);
CREATE TABLE users (id bigint PRIMARY KEY);
-- after
CREATE TABLE orders (id bigint PRIMARY KEY, code text);
CREATE INDEX orders_code_idx ON orders (code);
CREATE TABLE users (id bigint PRIMARY KEY, email text);
CREATE INDEX users_email_idx ON users (email);
-- expected
ALTER TABLE orders ADD COLUMN code text;
CREATE INDEX orders_code_idx ON orders USING btree (code);
ALTER TABLE users ADD COLUMN email text;
CREATE INDEX users_email_idx ON users USING btree (email);
