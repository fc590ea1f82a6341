-- why: in one statement the table is never without its check
-- before
CREATE TABLE orders (amount integer CHECK (amount > 0));
-- after
CREATE TABLE orders (amount integer CHECK (amount >= 0));
-- expected
ALTER TABLE orders
    DROP CONSTRAINT orders_amount_check,
    ADD CONSTRAINT orders_amount_check CHECK ((amount >= 0));
