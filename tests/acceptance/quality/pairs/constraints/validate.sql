-- why: what is there is checked under a weak lock; nothing is dropped
-- before
CREATE TABLE orders (amount integer);
ALTER TABLE orders ADD CONSTRAINT orders_amount_check CHECK (amount > 0) NOT VALID;
-- after
CREATE TABLE orders (amount integer);
ALTER TABLE orders ADD CONSTRAINT orders_amount_check CHECK (amount > 0);
-- expected
ALTER TABLE orders VALIDATE CONSTRAINT orders_amount_check;
