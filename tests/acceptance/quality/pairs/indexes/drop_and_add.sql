-- why: what comes is first, what goes is last, and they have nothing in common
-- before
CREATE TABLE users (email text, name text);
CREATE INDEX users_email_idx ON users (email);
-- after
CREATE TABLE users (email text, name text);
CREATE INDEX users_name_idx ON users (name);
-- expected
CREATE INDEX users_name_idx ON users USING btree (name);
DROP INDEX users_email_idx;
