-- why: types come before the routines that speak of them, and these before the tables that call them
-- before
CREATE TABLE others (id bigint);
-- after
CREATE TABLE others (id bigint);
CREATE TYPE colour AS ENUM ('red', 'green');
CREATE FUNCTION favourite() RETURNS colour LANGUAGE sql AS 'SELECT ''red''::colour';
CREATE TABLE cars (colour colour NOT NULL DEFAULT favourite());
-- expected
CREATE TYPE colour AS ENUM ('red', 'green');
CREATE FUNCTION favourite() RETURNS colour
    LANGUAGE sql
    AS $$SELECT 'red'::colour$$;
CREATE TABLE cars (
    colour colour DEFAULT favourite() NOT NULL
);
