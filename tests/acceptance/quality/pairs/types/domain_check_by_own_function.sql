-- why: the function that the check calls is there before it, so the domain is one statement
-- before
CREATE TABLE others (id bigint);
-- after
CREATE TABLE others (id bigint);
CREATE FUNCTION is_code(text) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT $1 <> ''''';
CREATE DOMAIN code AS text CHECK (is_code(VALUE));
-- expected
CREATE FUNCTION is_code(text) RETURNS boolean
    LANGUAGE sql
    IMMUTABLE
    AS $_$SELECT $1 <> ''$_$;
CREATE DOMAIN code AS text CONSTRAINT code_check CHECK (is_code(VALUE));
