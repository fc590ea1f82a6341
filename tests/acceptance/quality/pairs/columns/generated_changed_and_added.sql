-- why: columns that are computed are so by one rewrite
-- before
CREATE TABLE visits (id integer NOT NULL, attributes jsonb, who text GENERATED ALWAYS AS (attributes ->> 'who') STORED);
-- after
CREATE TABLE visits (id integer NOT NULL, attributes jsonb, who text GENERATED ALWAYS AS (upper(attributes ->> 'who')) STORED, build text GENERATED ALWAYS AS (attributes ->> 'build') STORED);
-- expected
ALTER TABLE visits
    ALTER COLUMN who SET EXPRESSION AS (upper((attributes ->> 'who'::text))),
    ADD COLUMN build text GENERATED ALWAYS AS ((attributes ->> 'build'::text)) STORED;
