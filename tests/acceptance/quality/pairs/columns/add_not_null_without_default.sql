-- why: it is right for empty tables, and fails at once in others
-- before
CREATE TABLE users (id bigint PRIMARY KEY);
-- after
CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL);
-- expected
ALTER TABLE users ADD COLUMN email text NOT NULL;
