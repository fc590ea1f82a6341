-- why: several columns are one statement and one lock
-- before
CREATE TABLE users (id bigint PRIMARY KEY);
-- after
CREATE TABLE users (id bigint PRIMARY KEY, email text, born date, active boolean NOT NULL DEFAULT true);
-- expected
ALTER TABLE users
    ADD COLUMN email text,
    ADD COLUMN born date,
    ADD COLUMN active boolean DEFAULT true NOT NULL;
