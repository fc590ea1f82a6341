-- why: no row is looked at, and the index stays
-- before
CREATE TABLE users (name varchar(50) NOT NULL UNIQUE);
-- after
CREATE TABLE users (name varchar(200) NOT NULL UNIQUE);
-- expected
ALTER TABLE users ALTER COLUMN name TYPE character varying(200);
