-- why: nothing is reset to be set again; pg_dump says what was set last at the end
-- before
CREATE TABLE logs (id bigint) WITH (parallel_workers = 4, fillfactor = 70, toast_tuple_target = 200, autovacuum_enabled = false);
-- after
CREATE TABLE logs (id bigint) WITH (parallel_workers = 4, fillfactor = 80, autovacuum_enabled = false);
-- expected
ALTER TABLE logs
    RESET (toast_tuple_target),
    SET (fillfactor='80', autovacuum_enabled='false');
