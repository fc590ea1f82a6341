-- why: type, column, index: each after what it needs
-- before
CREATE TABLE tickets (id bigint PRIMARY KEY);
-- after
CREATE TYPE status AS ENUM ('new', 'closed');
CREATE TABLE tickets (id bigint PRIMARY KEY, status status NOT NULL DEFAULT 'new');
CREATE INDEX tickets_status_idx ON tickets (status) WHERE status = 'new';
-- expected
CREATE TYPE status AS ENUM ('new', 'closed');
ALTER TABLE tickets ADD COLUMN status status DEFAULT 'new'::status NOT NULL;
CREATE INDEX tickets_status_idx ON tickets USING btree (status) WHERE (status = 'new'::status);
