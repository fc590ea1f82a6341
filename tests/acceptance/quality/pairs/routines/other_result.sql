-- why: PostgreSQL replaces no function by one with another result: it makes room first
-- before
CREATE FUNCTION answer() RETURNS integer LANGUAGE sql AS 'SELECT 42';
-- after
CREATE FUNCTION answer() RETURNS bigint LANGUAGE sql AS 'SELECT 42::bigint';
-- expected
DROP FUNCTION answer();
CREATE FUNCTION answer() RETURNS bigint
    LANGUAGE sql
    AS $$SELECT 42::bigint$$;
