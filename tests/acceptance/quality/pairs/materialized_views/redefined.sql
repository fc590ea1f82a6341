-- why: it cannot be replaced: dropped, built once, with its index and comment
-- before
CREATE TABLE orders (day date, amount numeric);
CREATE MATERIALIZED VIEW days AS SELECT day, sum(amount) AS total FROM orders GROUP BY day;
CREATE UNIQUE INDEX days_day_idx ON days (day);
COMMENT ON MATERIALIZED VIEW days IS 'by day';
-- after
CREATE TABLE orders (day date, amount numeric);
CREATE MATERIALIZED VIEW days AS SELECT day, sum(amount) AS total, count(*) AS n FROM orders GROUP BY day;
CREATE UNIQUE INDEX days_day_idx ON days (day);
COMMENT ON MATERIALIZED VIEW days IS 'by day';
-- expected
DROP MATERIALIZED VIEW days;
CREATE MATERIALIZED VIEW days AS
 SELECT day,
    sum(amount) AS total,
    count(*) AS n
   FROM orders
  GROUP BY day;
CREATE UNIQUE INDEX days_day_idx ON days USING btree (day);
COMMENT ON MATERIALIZED VIEW days IS 'by day';
