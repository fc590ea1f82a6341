-- why: a comment is added, changed or taken away by the same statement
-- before
CREATE TABLE users (id bigint, name text, email text);
COMMENT ON COLUMN users.name IS 'the name';
COMMENT ON COLUMN users.email IS 'the address';
-- after
CREATE TABLE users (id bigint, name text, email text);
COMMENT ON TABLE users IS 'who''s who';
COMMENT ON COLUMN users.name IS 'as it is printed';
-- expected
COMMENT ON TABLE users IS 'who''s who';
COMMENT ON COLUMN users.name IS 'as it is printed';
COMMENT ON COLUMN users.email IS NULL;
