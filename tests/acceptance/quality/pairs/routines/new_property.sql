-- why: the body stays, so only what changes is said
-- before
CREATE FUNCTION answer(a integer) RETURNS integer LANGUAGE sql AS 'SELECT 42';
-- after
CREATE FUNCTION answer(a integer) RETURNS integer STABLE LANGUAGE sql AS 'SELECT 42';
-- expected
ALTER FUNCTION answer(integer) STABLE;
