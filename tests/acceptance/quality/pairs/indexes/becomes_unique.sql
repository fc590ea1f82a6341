-- why: uniqueness cannot be added to an index, so it is redefined
-- before
CREATE TABLE users (email text);
CREATE INDEX users_email_idx ON users (email);
-- after
CREATE TABLE users (email text);
CREATE UNIQUE INDEX users_email_idx ON users (email);
-- expected
CREATE UNIQUE INDEX users_email_idx_new ON users USING btree (email);
DROP INDEX users_email_idx;
ALTER INDEX users_email_idx_new RENAME TO users_email_idx;
