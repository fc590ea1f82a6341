-- why: what uses goes before what is used; what is owned goes with its owner
-- before
CREATE TABLE others (id bigint);
CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE DOMAIN code AS text CHECK (VALUE <> '');
CREATE SEQUENCE numbers;
CREATE FUNCTION answer() RETURNS integer LANGUAGE sql AS 'SELECT 42';
CREATE TABLE days (mood mood NOT NULL, code code, n bigint DEFAULT nextval('numbers'), a integer DEFAULT answer());
-- after
CREATE TABLE others (id bigint);
-- expected
DROP TABLE days;
DROP FUNCTION answer();
DROP SEQUENCE numbers;
DROP DOMAIN code;
DROP TYPE mood;
