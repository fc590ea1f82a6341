-- why: the rows stay; what refers to the table follows
-- before
CREATE TABLE users (id bigint, name text);
CREATE VIEW names AS SELECT name FROM users;
-- after
CREATE TABLE accounts ( -- diffapply: renamed from users
    id bigint,
    name text
);
CREATE VIEW names AS SELECT name FROM accounts;
-- expected
ALTER TABLE users RENAME TO accounts;
