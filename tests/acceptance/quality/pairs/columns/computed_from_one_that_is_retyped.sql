-- why: the computed column goes and comes in the statement that retypes; the table is rewritten once
-- before
CREATE TABLE orders (id integer PRIMARY KEY, net integer, note text,
    gross integer GENERATED ALWAYS AS (net * 2) STORED);
-- after
CREATE TABLE orders (id integer PRIMARY KEY, net bigint, note text,
    gross bigint GENERATED ALWAYS AS (net * 2) STORED);
-- expected
ALTER TABLE orders
    DROP COLUMN gross,
    ALTER COLUMN net TYPE bigint,
    ADD COLUMN gross bigint GENERATED ALWAYS AS ((net * 2)) STORED;
