-- why: an own function that only the index calls runs when all else is done, so the table is rewritten once
-- before
CREATE DOMAIN code AS varchar(10);
CREATE DOMAIN positive AS integer CONSTRAINT positive_check CHECK (VALUE > 0);
CREATE FUNCTION norm(code) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lower($1::text)';
CREATE TABLE t (id integer, a code, b positive, z integer);
CREATE INDEX t_a ON t (norm(a));
-- after
CREATE DOMAIN code AS text;
CREATE DOMAIN positive AS bigint CONSTRAINT positive_check CHECK (VALUE > 0);
CREATE FUNCTION norm(code) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lower($1::text)';
CREATE TABLE t (id integer, a code, b positive, z bigint);
CREATE INDEX t_a ON t (norm(a));
-- expected
DROP INDEX t_a;
DROP FUNCTION norm(code);
ALTER DOMAIN code RENAME TO diffapply_old_5694d08a2e53ffca;
CREATE DOMAIN code AS text;
ALTER DOMAIN positive RENAME TO diffapply_old_afa6e9ab3ac6574d;
CREATE DOMAIN positive AS bigint CONSTRAINT positive_check CHECK ((VALUE > 0));
ALTER TABLE t ALTER COLUMN a TYPE code, ALTER COLUMN b TYPE positive, ALTER COLUMN z TYPE bigint;
DROP DOMAIN diffapply_old_5694d08a2e53ffca;
DROP DOMAIN diffapply_old_afa6e9ab3ac6574d;
CREATE FUNCTION norm(code) RETURNS text LANGUAGE sql IMMUTABLE AS $_$SELECT lower($1::text)$_$;
CREATE INDEX t_a ON t USING btree (norm(a));
