-- why: the index is built once, after the rewrite
-- before
CREATE TABLE places (id integer NOT NULL, name jsonb);
CREATE INDEX places_name ON places ((name ->> 'en'));
-- after
CREATE TABLE places (id bigint NOT NULL, name text);
CREATE INDEX places_name ON places (name);
-- expected
DROP INDEX places_name;
ALTER TABLE places
    ALTER COLUMN id TYPE bigint,
    ALTER COLUMN name TYPE text;
CREATE INDEX places_name ON places USING btree (name);
