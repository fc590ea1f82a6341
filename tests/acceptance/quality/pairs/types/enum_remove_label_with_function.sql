-- why: both columns go to the new type by one rewrite, with their defaults and checks, whatever the function
-- before
CREATE TYPE state AS ENUM ('draft', 'open', 'closed');
CREATE FUNCTION next(state) RETURNS state LANGUAGE sql IMMUTABLE AS $$ SELECT 'open'::state $$;
CREATE TABLE tasks (id integer NOT NULL, past state[] DEFAULT '{}'::state[], now state DEFAULT 'draft'::state, CONSTRAINT tasks_now CHECK (now <> 'closed'));
-- after
CREATE TYPE state AS ENUM ('draft', 'open');
CREATE FUNCTION next(state) RETURNS state LANGUAGE sql IMMUTABLE AS $$ SELECT 'open'::state $$;
CREATE TABLE tasks (id integer NOT NULL, past state[] DEFAULT '{}'::state[], now state DEFAULT 'draft'::state, CONSTRAINT tasks_now CHECK (now <> 'draft'));
-- expected
ALTER TYPE state RENAME TO state_old;
CREATE TYPE state AS ENUM ('draft', 'open');
CREATE FUNCTION next(state) RETURNS state
    LANGUAGE sql
    IMMUTABLE
    AS $$ SELECT 'open'::state $$;
ALTER TABLE tasks
    ALTER COLUMN past DROP DEFAULT,
    ALTER COLUMN past TYPE state[] USING past::text::state[],
    ALTER COLUMN past SET DEFAULT '{}'::state[],
    ALTER COLUMN now DROP DEFAULT,
    ALTER COLUMN now TYPE state USING now::text::state,
    ALTER COLUMN now SET DEFAULT 'draft'::state,
    DROP CONSTRAINT tasks_now,
    ADD CONSTRAINT tasks_now CHECK ((now <> 'draft'::state));
DROP FUNCTION next(state_old);
DROP TYPE state_old;
