-- why: the option comes with GRANT alone, and what is created has its owner at once
-- before
CREATE TABLE users (id bigint);
GRANT SELECT ON users TO pg_monitor;
-- after
CREATE TABLE users (id bigint);
GRANT SELECT, INSERT ON users TO pg_monitor WITH GRANT OPTION;
CREATE SEQUENCE numbers;
GRANT USAGE ON SEQUENCE numbers TO pg_monitor;
-- expected
CREATE SEQUENCE numbers;
GRANT USAGE ON SEQUENCE numbers TO pg_monitor;
GRANT SELECT, INSERT ON TABLE users TO pg_monitor WITH GRANT OPTION;
