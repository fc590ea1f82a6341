-- why: only the right that goes is said
-- before
CREATE TABLE users (id bigint);
GRANT SELECT, INSERT ON users TO pg_monitor;
-- after
CREATE TABLE users (id bigint);
GRANT SELECT ON users TO pg_monitor;
-- expected
REVOKE INSERT ON TABLE users FROM pg_monitor;
