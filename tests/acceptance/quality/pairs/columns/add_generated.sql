-- why: it is one rewrite, whatever the expression
-- before
CREATE TABLE items (price numeric NOT NULL, amount integer NOT NULL);
-- after
CREATE TABLE items (price numeric NOT NULL, amount integer NOT NULL, total numeric GENERATED ALWAYS AS (price * amount) STORED);
-- expected
ALTER TABLE items ADD COLUMN total numeric GENERATED ALWAYS AS ((price * (amount)::numeric)) STORED;
