-- why: parameters change in place; nothing is built
-- before
CREATE TABLE users (email text);
CREATE INDEX users_email_idx ON users (email);
-- after
CREATE TABLE users (email text);
CREATE INDEX users_email_idx ON users (email) WITH (fillfactor = 70);
-- expected
ALTER INDEX users_email_idx SET (fillfactor='70');
