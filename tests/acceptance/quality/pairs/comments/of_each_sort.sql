-- why: each stands with the table that it is of
-- before
CREATE TABLE users (id bigint, CONSTRAINT positive CHECK (id > 0));
CREATE INDEX users_id_idx ON users (id);
CREATE FUNCTION answer(a integer) RETURNS integer LANGUAGE sql AS 'SELECT 42';
-- after
CREATE TABLE users (id bigint, CONSTRAINT positive CHECK (id > 0));
CREATE INDEX users_id_idx ON users (id);
CREATE FUNCTION answer(a integer) RETURNS integer LANGUAGE sql AS 'SELECT 42';
COMMENT ON FUNCTION answer(integer) IS 'to everything';
COMMENT ON CONSTRAINT positive ON users IS 'counted from one';
COMMENT ON INDEX users_id_idx IS 'for the list';
-- expected
COMMENT ON FUNCTION answer(integer) IS 'to everything';
COMMENT ON CONSTRAINT positive ON users IS 'counted from one';
COMMENT ON INDEX users_id_idx IS 'for the list';
