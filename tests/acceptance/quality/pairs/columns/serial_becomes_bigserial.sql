-- why: the column and its sequence both grow; the numbers go on
-- before
CREATE TABLE orders (id serial PRIMARY KEY);
-- after
CREATE TABLE orders (id bigserial PRIMARY KEY);
-- expected
ALTER TABLE orders ALTER COLUMN id TYPE bigint;
ALTER SEQUENCE orders_id_seq AS bigint;
