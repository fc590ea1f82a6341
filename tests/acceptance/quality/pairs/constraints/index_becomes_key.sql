-- why: the index is there already, so nothing is built
-- before
CREATE TABLE users (email text NOT NULL);
CREATE UNIQUE INDEX users_email_key ON users (email);
-- after
CREATE TABLE users (email text NOT NULL UNIQUE);
-- expected
ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE USING INDEX users_email_key;
