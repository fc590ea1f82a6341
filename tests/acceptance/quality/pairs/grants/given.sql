-- why: several rights of one role on one object are one statement
-- before
CREATE TABLE users (id bigint, email text);
-- after
CREATE TABLE users (id bigint, email text);
GRANT SELECT, INSERT ON users TO pg_monitor;
GRANT UPDATE (email) ON users TO pg_monitor;
-- expected
GRANT SELECT, INSERT ON TABLE users TO pg_monitor;
GRANT UPDATE (email) ON TABLE users TO pg_monitor;
