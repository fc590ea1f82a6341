-- why: a generated column is said where the column is
-- before
-- after
CREATE TABLE items (price numeric NOT NULL, amount integer NOT NULL, total numeric GENERATED ALWAYS AS (price * amount) STORED);
-- expected
CREATE TABLE items (
    price numeric NOT NULL,
    amount integer NOT NULL,
    total numeric GENERATED ALWAYS AS ((price * (amount)::numeric)) STORED
);
