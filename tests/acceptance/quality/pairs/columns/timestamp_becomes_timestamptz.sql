-- why: it is one change of type; the zone is the session's, which a hazard says
-- before
CREATE TABLE logins (at_time timestamp NOT NULL DEFAULT now());
-- after
CREATE TABLE logins (at_time timestamptz NOT NULL DEFAULT now());
-- expected
ALTER TABLE logins ALTER COLUMN at_time TYPE timestamp with time zone;
