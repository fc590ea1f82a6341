-- why: what reads it goes before it, the highest first
-- before
CREATE TABLE others (id bigint);
CREATE TABLE users (id bigint PRIMARY KEY, active boolean);
CREATE VIEW present AS SELECT id FROM users WHERE active;
CREATE MATERIALIZED VIEW counted AS SELECT count(*) AS n FROM present;
CREATE INDEX counted_n_idx ON counted (n);
-- after
CREATE TABLE others (id bigint);
-- expected
DROP MATERIALIZED VIEW counted;
DROP VIEW present;
DROP TABLE users;
