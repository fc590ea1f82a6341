-- why: the same index under another name: nothing is built
-- before
CREATE TABLE users (email text);
CREATE INDEX idx_email ON users (email);
-- after
CREATE TABLE users (email text);
CREATE INDEX users_email_idx ON users (email);
-- expected
ALTER INDEX idx_email RENAME TO users_email_idx;
