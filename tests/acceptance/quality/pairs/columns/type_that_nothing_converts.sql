-- why: nothing is set of a column that is made anew, and all that changes in its table is one statement
-- before
CREATE TABLE shares (id integer NOT NULL, at bigint DEFAULT 0 NOT NULL, hidden smallint);
-- after
CREATE TABLE shares (id bigint NOT NULL, at timestamp with time zone, hidden smallint, note text);
-- expected
ALTER TABLE shares
    ADD COLUMN note text,
    ALTER COLUMN id TYPE bigint,
    DROP COLUMN at,
    ADD COLUMN at timestamp with time zone;
