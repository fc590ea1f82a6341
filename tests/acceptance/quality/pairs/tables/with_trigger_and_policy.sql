-- why: what belongs to a new table follows it
-- before
-- after
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TABLE notes (id bigint, owner text);
CREATE TRIGGER notes_touch BEFORE UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION touch();
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON notes USING (owner = current_user);
-- expected
CREATE FUNCTION touch() RETURNS trigger
    LANGUAGE plpgsql
    AS $$BEGIN RETURN NEW; END$$;
CREATE TABLE notes (
    id bigint,
    owner text
);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE TRIGGER notes_touch BEFORE UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION touch();
CREATE POLICY own ON notes USING ((owner = CURRENT_USER));
