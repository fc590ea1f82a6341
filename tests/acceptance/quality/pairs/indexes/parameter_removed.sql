-- why: parameters change in place; nothing is built
-- before
CREATE TABLE users (email text);
CREATE INDEX users_email_idx ON users (email) WITH (fillfactor = 70);
-- after
CREATE TABLE users (email text);
CREATE INDEX users_email_idx ON users (email);
-- expected
ALTER INDEX users_email_idx RESET (fillfactor);
