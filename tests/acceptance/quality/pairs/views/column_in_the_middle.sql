-- why: columns cannot be put in between, so the view is made anew
-- before
CREATE TABLE users (id bigint PRIMARY KEY, name text, email text);
CREATE VIEW people AS SELECT id, email FROM users;
-- after
CREATE TABLE users (id bigint PRIMARY KEY, name text, email text);
CREATE VIEW people AS SELECT id, name, email FROM users;
-- expected
DROP VIEW people;
CREATE VIEW people AS
 SELECT id,
    name,
    email
   FROM users;
