-- why: the table's switch, then what goes
-- before
CREATE TABLE notes (id bigint, owner text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON notes USING (owner = current_user);
-- after
CREATE TABLE notes (id bigint, owner text);
-- expected
ALTER TABLE notes
    DISABLE ROW LEVEL SECURITY,
    NO FORCE ROW LEVEL SECURITY;
DROP POLICY own ON notes;
