-- why: what uses the function goes before it
-- before
CREATE TABLE users (id bigint);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER users_touch BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();
-- after
CREATE TABLE users (id bigint);
-- expected
DROP TRIGGER users_touch ON users;
DROP FUNCTION touch();
