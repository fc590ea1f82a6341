-- why: types on which others are built come first
-- before
-- after
CREATE TYPE colour AS ENUM ('red', 'green');
CREATE TYPE point_of_colour AS (x integer, colour colour);
CREATE DOMAIN bright AS colour DEFAULT 'red';
CREATE TYPE span AS RANGE (SUBTYPE = date);
-- expected
CREATE TYPE colour AS ENUM ('red', 'green');
CREATE DOMAIN bright AS colour DEFAULT 'red'::colour;
CREATE TYPE point_of_colour AS (x integer, colour colour);
CREATE TYPE span AS RANGE (SUBTYPE = date);
