-- why: what is set of the table goes into its one statement
-- before
CREATE TABLE logs (id bigint, body text);
-- after
CREATE TABLE logs (id bigint NOT NULL, body text) WITH (fillfactor = 70, autovacuum_enabled = false);
ALTER TABLE logs REPLICA IDENTITY FULL;
-- expected
ALTER TABLE logs
    ALTER COLUMN id SET NOT NULL,
    SET (fillfactor='70', autovacuum_enabled='false'),
    REPLICA IDENTITY FULL;
