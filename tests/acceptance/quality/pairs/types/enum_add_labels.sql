-- why: a label in the middle says after which; one at the end needs no place
-- before
CREATE TYPE status AS ENUM ('new', 'closed');
CREATE TABLE tickets (status status NOT NULL);
-- after
CREATE TYPE status AS ENUM ('new', 'open', 'closed', 'archived');
CREATE TABLE tickets (status status NOT NULL);
-- expected
ALTER TYPE status ADD VALUE 'open' AFTER 'new';
ALTER TYPE status ADD VALUE 'archived';
