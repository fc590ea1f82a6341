-- why: several attributes are one statement, like columns
-- before
CREATE TYPE address AS (street text, city varchar(20), fax text);
-- after
CREATE TYPE address AS (street text, city varchar(80), zip text);
-- expected
ALTER TYPE address
    ADD ATTRIBUTE zip text,
    ALTER ATTRIBUTE city TYPE character varying(80),
    DROP ATTRIBUTE fax;
