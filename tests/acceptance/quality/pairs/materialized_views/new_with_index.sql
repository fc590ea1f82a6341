-- why: it is filled once, when it is created
-- before
CREATE TABLE orders (day date, amount numeric);
-- after
CREATE TABLE orders (day date, amount numeric);
CREATE MATERIALIZED VIEW days AS SELECT day, sum(amount) AS total FROM orders GROUP BY day;
CREATE UNIQUE INDEX days_day_idx ON days (day);
-- expected
CREATE MATERIALIZED VIEW days AS
 SELECT day,
    sum(amount) AS total
   FROM orders
  GROUP BY day;
CREATE UNIQUE INDEX days_day_idx ON days USING btree (day);
