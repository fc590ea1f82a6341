-- why: nothing else is touched
-- before
CREATE TABLE users (id bigint PRIMARY KEY);
-- after
CREATE TABLE users (id bigint PRIMARY KEY, email text);
-- expected
ALTER TABLE users ADD COLUMN email text;
