-- why: only the foreign key keeps the columns from their new types; keys and indexes follow by themselves
-- before
CREATE TABLE a (id text PRIMARY KEY);
CREATE TABLE b (id text PRIMARY KEY, a_id text NOT NULL, CONSTRAINT fk FOREIGN KEY (a_id) REFERENCES a);
CREATE INDEX b_a ON b (a_id);
-- after
CREATE TABLE a (id uuid PRIMARY KEY);
CREATE TABLE b (id uuid PRIMARY KEY, a_id uuid NOT NULL, CONSTRAINT fk FOREIGN KEY (a_id) REFERENCES a ON DELETE CASCADE);
CREATE INDEX b_a ON b (a_id);
-- expected
ALTER TABLE b DROP CONSTRAINT fk;
ALTER TABLE a ALTER COLUMN id TYPE uuid USING id::uuid;
ALTER TABLE b
    ALTER COLUMN id TYPE uuid USING id::uuid,
    ALTER COLUMN a_id TYPE uuid USING a_id::uuid,
    ADD CONSTRAINT fk FOREIGN KEY (a_id) REFERENCES a(id) ON DELETE CASCADE;
