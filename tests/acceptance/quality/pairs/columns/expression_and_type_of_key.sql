-- why: PostgreSQL fails to set an expression while a column that has a key gets another type
-- before
CREATE TABLE items (
    id integer PRIMARY KEY,
    note varchar(10),
    price integer,
    total integer GENERATED ALWAYS AS (price * 2) STORED
);
-- after
CREATE TABLE items (
    id bigint PRIMARY KEY,
    note text,
    price integer,
    total bigint GENERATED ALWAYS AS (price * 3) STORED
);
-- expected
ALTER TABLE items
    ALTER COLUMN id TYPE bigint,
    ALTER COLUMN note TYPE text;
ALTER TABLE items ALTER COLUMN total TYPE bigint, ALTER COLUMN total SET EXPRESSION AS ((price * 3));
