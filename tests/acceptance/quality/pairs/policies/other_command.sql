-- why: for which command it is cannot be altered; in one transaction nobody sees it gone
-- before
CREATE TABLE notes (id bigint, owner text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON notes FOR SELECT USING (owner = current_user);
-- after
CREATE TABLE notes (id bigint, owner text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON notes FOR DELETE USING (owner = current_user);
-- expected
DROP POLICY own ON notes;
CREATE POLICY own ON notes FOR DELETE USING ((owner = CURRENT_USER));
