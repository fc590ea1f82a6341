-- why: it is altered in place: the table is never without its rule
-- before
CREATE TABLE notes (id bigint, owner text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON notes USING (owner = current_user);
-- after
CREATE TABLE notes (id bigint, owner text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON notes USING (owner = session_user);
-- expected
ALTER POLICY own ON notes USING ((owner = SESSION_USER));
