-- why: an index goes with its column; that of another column has to be dropped
-- before
CREATE TABLE users (email text, name text, fax text);
CREATE INDEX users_email_idx ON users (email);
CREATE INDEX users_fax_idx ON users (fax, name);
-- after
CREATE TABLE users (email text, name text);
-- expected
ALTER TABLE users DROP COLUMN fax;
DROP INDEX users_email_idx;
