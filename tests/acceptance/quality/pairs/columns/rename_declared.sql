-- why: the rows stay; what refers to the column follows
-- before
CREATE TABLE users (id bigint PRIMARY KEY, mail text);
-- after
CREATE TABLE users (
    id bigint PRIMARY KEY,
    email text -- diffapply: renamed from mail
);
-- expected
ALTER TABLE users RENAME COLUMN mail TO email;
