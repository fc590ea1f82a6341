-- why: the rows stay as they are; only the label's name changes
-- before
CREATE TYPE status AS ENUM ('new', 'done');
CREATE TABLE tickets (status status NOT NULL DEFAULT 'done');
-- after
CREATE TYPE status AS ENUM (
    'new',
    'closed' -- diffapply: renamed from 'done'
);
CREATE TABLE tickets (status status NOT NULL DEFAULT 'closed');
-- expected
ALTER TYPE status RENAME VALUE 'done' TO 'closed';
