-- why: options change in place; the query is not said again
-- before
CREATE TABLE users (id bigint);
CREATE VIEW people AS SELECT id FROM users;
-- after
CREATE TABLE users (id bigint);
CREATE VIEW people WITH (security_barrier = true) AS SELECT id FROM users;
-- expected
ALTER VIEW people SET (security_barrier='true');
