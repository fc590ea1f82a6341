-- why: each view comes after those it reads
-- before
CREATE TABLE users (id bigint PRIMARY KEY, name text, active boolean);
-- after
CREATE TABLE users (id bigint PRIMARY KEY, name text, active boolean);
CREATE VIEW present AS SELECT id, name FROM users WHERE active;
CREATE VIEW first_names AS SELECT id, split_part(name, ' ', 1) AS first_name FROM present;
-- expected
CREATE VIEW present AS
 SELECT id,
    name
   FROM users
  WHERE active;
CREATE VIEW first_names AS
 SELECT id,
    split_part(name, ' '::text, 1) AS first_name
   FROM present;
