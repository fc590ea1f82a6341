-- why: the table's switch is one of its actions; the policies follow
-- before
CREATE TABLE notes (id bigint);
-- after
CREATE TABLE notes (id bigint, owner text NOT NULL);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON notes USING (owner = current_user);
CREATE POLICY reading ON notes AS RESTRICTIVE FOR SELECT TO pg_monitor USING (id > 0);
-- expected
ALTER TABLE notes
    ADD COLUMN owner text NOT NULL,
    ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON notes USING ((owner = CURRENT_USER));
CREATE POLICY reading ON notes AS RESTRICTIVE FOR SELECT TO pg_monitor USING ((id > 0));
