-- why: it has the same columns, so it is replaced in place; what reads it is not touched
-- before
CREATE TABLE users (id bigint PRIMARY KEY, active boolean);
CREATE VIEW present AS SELECT id FROM users;
CREATE VIEW counted AS SELECT count(*) AS n FROM present;
-- after
CREATE TABLE users (id bigint PRIMARY KEY, active boolean);
CREATE VIEW present AS SELECT id FROM users WHERE active;
CREATE VIEW counted AS SELECT count(*) AS n FROM present;
-- expected
CREATE OR REPLACE VIEW present AS
 SELECT id
   FROM users
  WHERE active;
