-- why: the same rule under another name: no row is read
-- before
CREATE TABLE orders (amount integer, CONSTRAINT positive CHECK (amount > 0));
-- after
CREATE TABLE orders (amount integer, CONSTRAINT orders_amount_check CHECK (amount > 0));
-- expected
ALTER TABLE orders RENAME CONSTRAINT positive TO orders_amount_check;
