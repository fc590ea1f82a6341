-- why: PostgreSQL changes no type below a view: the views go first and come last, each once
-- before
CREATE TABLE orders (id integer PRIMARY KEY, amount integer);
CREATE VIEW large AS SELECT id, amount FROM orders WHERE amount > 100;
CREATE VIEW largest AS SELECT id, amount FROM large WHERE amount > 1000;
COMMENT ON VIEW large IS 'more than a hundred';
-- after
CREATE TABLE orders (id bigint PRIMARY KEY, amount bigint);
CREATE VIEW large AS SELECT id, amount FROM orders WHERE amount > 100;
CREATE VIEW largest AS SELECT id, amount FROM large WHERE amount > 1000;
COMMENT ON VIEW large IS 'more than a hundred';
-- expected
DROP VIEW largest;
DROP VIEW large;
ALTER TABLE orders
    ALTER COLUMN id TYPE bigint,
    ALTER COLUMN amount TYPE bigint;
CREATE VIEW large AS
 SELECT id,
    amount
   FROM orders
  WHERE (amount > 100);
COMMENT ON VIEW large IS 'more than a hundred';
CREATE VIEW largest AS
 SELECT id,
    amount
   FROM large
  WHERE (amount > 1000);
