-- why: no label can be dropped: a new type takes the place, and each table is rewritten once
-- before
CREATE TYPE status AS ENUM ('new', 'open', 'closed');
CREATE TABLE tickets (status status NOT NULL DEFAULT 'new', last status);
-- after
CREATE TYPE status AS ENUM ('new', 'closed');
CREATE TABLE tickets (status status NOT NULL DEFAULT 'new', last status);
-- expected
ALTER TYPE status RENAME TO status_old;
CREATE TYPE status AS ENUM ('new', 'closed');
ALTER TABLE tickets
    ALTER COLUMN status DROP DEFAULT,
    ALTER COLUMN status TYPE status USING status::text::status,
    ALTER COLUMN status SET DEFAULT 'new'::status,
    ALTER COLUMN last TYPE status USING last::text::status;
DROP TYPE status_old;
