-- why: types, routines, new tables, changed tables by name, views, then what goes
-- before
CREATE TYPE status AS ENUM ('new', 'closed');
CREATE TABLE accounts (id integer PRIMARY KEY, name varchar(40), fax text);
CREATE TABLE tickets (id integer PRIMARY KEY, account_id integer REFERENCES accounts, status status NOT NULL);
CREATE INDEX tickets_account_id_idx ON tickets (account_id);
CREATE TABLE faxes (id integer PRIMARY KEY, account_id integer REFERENCES accounts);
CREATE VIEW open_tickets AS SELECT id FROM tickets WHERE status = 'new';
CREATE FUNCTION old_answer() RETURNS integer LANGUAGE sql AS 'SELECT 41';
-- after
CREATE TYPE status AS ENUM ('new', 'open', 'closed');
CREATE TYPE priority AS ENUM ('low', 'high');
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.changed := now(); RETURN NEW; END';
CREATE TABLE accounts (id integer PRIMARY KEY, name varchar(80) NOT NULL);
CREATE TABLE tickets (id integer PRIMARY KEY, account_id integer REFERENCES accounts ON DELETE CASCADE, status status NOT NULL, priority priority NOT NULL DEFAULT 'low', changed timestamptz);
CREATE INDEX tickets_account_id_idx ON tickets (account_id);
CREATE INDEX tickets_priority_idx ON tickets (priority);
CREATE TRIGGER tickets_touch BEFORE UPDATE ON tickets FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TABLE replies (id bigserial PRIMARY KEY, ticket_id integer NOT NULL REFERENCES tickets, body text NOT NULL);
CREATE INDEX replies_ticket_id_idx ON replies (ticket_id);
CREATE VIEW open_tickets AS SELECT id, priority FROM tickets WHERE status = 'new';
-- expected
CREATE TYPE priority AS ENUM ('low', 'high');
ALTER TYPE status ADD VALUE 'open' AFTER 'new';
CREATE FUNCTION touch() RETURNS trigger
    LANGUAGE plpgsql
    AS $$BEGIN NEW.changed := now(); RETURN NEW; END$$;
CREATE TABLE replies (
    id bigserial,
    ticket_id integer NOT NULL,
    body text NOT NULL,
    CONSTRAINT replies_pkey PRIMARY KEY (id),
    CONSTRAINT replies_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES tickets(id)
);
CREATE INDEX replies_ticket_id_idx ON replies USING btree (ticket_id);
ALTER TABLE accounts
    ALTER COLUMN name TYPE character varying(80),
    ALTER COLUMN name SET NOT NULL,
    DROP COLUMN fax;
ALTER TABLE tickets
    ADD COLUMN priority priority DEFAULT 'low'::priority NOT NULL,
    ADD COLUMN changed timestamp with time zone,
    DROP CONSTRAINT tickets_account_id_fkey,
    ADD CONSTRAINT tickets_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE;
CREATE INDEX tickets_priority_idx ON tickets USING btree (priority);
CREATE TRIGGER tickets_touch BEFORE UPDATE ON tickets FOR EACH ROW EXECUTE FUNCTION touch();
CREATE OR REPLACE VIEW open_tickets AS
 SELECT id,
    priority
   FROM tickets
  WHERE (status = 'new'::status);
DROP TABLE faxes;
DROP FUNCTION old_answer();
