-- why: function, column, trigger: each after what it needs
-- before
CREATE TABLE users (id bigint);
-- after
CREATE TABLE users (id bigint, changed timestamptz);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.changed := now(); RETURN NEW; END';
CREATE TRIGGER users_touch BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();
-- expected
CREATE FUNCTION touch() RETURNS trigger
    LANGUAGE plpgsql
    AS $$BEGIN NEW.changed := now(); RETURN NEW; END$$;
ALTER TABLE users ADD COLUMN changed timestamp with time zone;
CREATE TRIGGER users_touch BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();
