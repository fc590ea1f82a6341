-- why: rights go with the table
-- before
CREATE TABLE users (id bigint);
CREATE TABLE faxes (id bigint);
GRANT SELECT ON faxes TO pg_monitor;
-- after
CREATE TABLE users (id bigint);
-- expected
DROP TABLE faxes;
