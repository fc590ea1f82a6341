-- why: a new column of the table, then of the view; columns at the end can be added in place
-- before
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE VIEW people AS SELECT id FROM users;
-- after
CREATE TABLE users (id bigint PRIMARY KEY, name text);
CREATE VIEW people AS SELECT id, name FROM users;
-- expected
ALTER TABLE users ADD COLUMN name text;
CREATE OR REPLACE VIEW people AS
 SELECT id,
    name
   FROM users;
