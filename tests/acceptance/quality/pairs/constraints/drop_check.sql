-- why: one action
-- before
CREATE TABLE orders (amount integer CHECK (amount > 0));
-- after
CREATE TABLE orders (amount integer);
-- expected
ALTER TABLE orders DROP CONSTRAINT orders_amount_check;
