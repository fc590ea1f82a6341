-- why: other arguments make another function; what nobody needs any more goes last
-- before
CREATE FUNCTION greet(name text) RETURNS text LANGUAGE sql AS 'SELECT name';
-- after
CREATE FUNCTION greet(name text, mood integer) RETURNS text LANGUAGE sql AS 'SELECT name';
-- expected
CREATE FUNCTION greet(name text, mood integer) RETURNS text
    LANGUAGE sql
    AS $$SELECT name$$;
DROP FUNCTION greet(text);
