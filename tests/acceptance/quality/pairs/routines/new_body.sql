-- why: it is replaced in place; what calls it is not touched
-- before
CREATE FUNCTION answer() RETURNS integer IMMUTABLE LANGUAGE sql AS 'SELECT 41';
CREATE TABLE t (a integer DEFAULT answer());
-- after
CREATE FUNCTION answer() RETURNS integer IMMUTABLE LANGUAGE sql AS 'SELECT 42';
CREATE TABLE t (a integer DEFAULT answer());
-- expected
CREATE OR REPLACE FUNCTION answer() RETURNS integer
    LANGUAGE sql
    IMMUTABLE
    AS $$SELECT 42$$;
