-- why: PostgreSQL takes the default along
-- before
CREATE TABLE counters (hits integer NOT NULL DEFAULT 0);
-- after
CREATE TABLE counters (hits bigint NOT NULL DEFAULT 0);
-- expected
ALTER TABLE counters ALTER COLUMN hits TYPE bigint;
