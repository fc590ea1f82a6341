-- why: sequence, keys, indexes, trigger, policy and comments go with their table
-- before
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TABLE users (id serial PRIMARY KEY, email text NOT NULL UNIQUE CHECK (email <> ''));
CREATE INDEX users_lower_idx ON users (lower(email));
CREATE TRIGGER users_touch BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();
ALTER TABLE users ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON users USING (email = current_user);
COMMENT ON TABLE users IS 'who is who';
COMMENT ON COLUMN users.email IS 'the address';
-- after
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
-- expected
DROP TABLE users;
