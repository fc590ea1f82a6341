-- why: the columns keep their domain; only its rule is exchanged
-- before
CREATE DOMAIN percent AS integer CHECK (VALUE >= 0);
CREATE TABLE tasks (done percent);
-- after
CREATE DOMAIN percent AS integer CHECK (VALUE <= 100);
CREATE TABLE tasks (done percent);
-- expected
ALTER DOMAIN percent DROP CONSTRAINT percent_check;
ALTER DOMAIN percent ADD CONSTRAINT percent_check CHECK ((VALUE <= 100));
