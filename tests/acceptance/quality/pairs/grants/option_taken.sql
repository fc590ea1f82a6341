-- why: the option goes, and the right stays
-- before
CREATE TABLE users (id bigint, name text);
GRANT SELECT, INSERT ON users TO pg_monitor WITH GRANT OPTION;
GRANT UPDATE (name) ON users TO pg_monitor WITH GRANT OPTION;
-- after
CREATE TABLE users (id bigint, name text);
GRANT SELECT ON users TO pg_monitor;
GRANT UPDATE (name) ON users TO pg_monitor;
-- expected
REVOKE GRANT OPTION FOR SELECT ON TABLE users FROM pg_monitor;
REVOKE GRANT OPTION FOR UPDATE (name) ON TABLE users FROM pg_monitor;
REVOKE INSERT ON TABLE users FROM pg_monitor;
