-- why: of what hangs on the columns only foreign keys must go; so tables that refer to others come first
-- before
CREATE TABLE a (id character varying(36) PRIMARY KEY);
CREATE TABLE b (id character varying(36) PRIMARY KEY DEFAULT 'x', a_id character varying(36) NOT NULL REFERENCES a);
CREATE INDEX b_a ON b (a_id);
CREATE TABLE c (a_id character varying(36) REFERENCES a, b_id character varying(36) REFERENCES b, PRIMARY KEY (a_id, b_id));
-- after
CREATE TABLE a (id uuid PRIMARY KEY);
CREATE TABLE b (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), a_id uuid NOT NULL REFERENCES a, note text);
CREATE INDEX b_a ON b (a_id);
CREATE TABLE c (a_id uuid REFERENCES a, b_id uuid REFERENCES b, PRIMARY KEY (a_id, b_id));
-- expected
ALTER TABLE c
    DROP CONSTRAINT c_a_id_fkey,
    DROP CONSTRAINT c_b_id_fkey,
    ALTER COLUMN a_id TYPE uuid USING a_id::uuid,
    ALTER COLUMN b_id TYPE uuid USING b_id::uuid;
ALTER TABLE b
    DROP CONSTRAINT b_a_id_fkey,
    ADD COLUMN note text,
    ALTER COLUMN id DROP DEFAULT,
    ALTER COLUMN id TYPE uuid USING id::uuid,
    ALTER COLUMN id SET DEFAULT gen_random_uuid(),
    ALTER COLUMN a_id TYPE uuid USING a_id::uuid;
ALTER TABLE a ALTER COLUMN id TYPE uuid USING id::uuid;
ALTER TABLE b ADD CONSTRAINT b_a_id_fkey FOREIGN KEY (a_id) REFERENCES a(id);
ALTER TABLE c
    ADD CONSTRAINT c_a_id_fkey FOREIGN KEY (a_id) REFERENCES a(id),
    ADD CONSTRAINT c_b_id_fkey FOREIGN KEY (b_id) REFERENCES b(id);
