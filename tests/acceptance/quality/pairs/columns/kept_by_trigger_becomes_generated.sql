-- why: the column is computed by the rewrite that the key needs
-- before
CREATE TABLE articles (id integer NOT NULL, title text, search tsvector);
CREATE FUNCTION set_search() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.search := to_tsvector('english', NEW.title); RETURN NEW; END $$;
CREATE TRIGGER set_search BEFORE INSERT OR UPDATE ON articles FOR EACH ROW EXECUTE FUNCTION set_search();
-- after
CREATE TABLE articles (id bigint NOT NULL, title text, search tsvector GENERATED ALWAYS AS (to_tsvector('english', title)) STORED);
-- expected
ALTER TABLE articles
    ALTER COLUMN id TYPE bigint,
    DROP COLUMN search,
    ADD COLUMN search tsvector GENERATED ALWAYS AS (to_tsvector('english'::regconfig, title)) STORED;
DROP TRIGGER set_search ON articles;
DROP FUNCTION set_search();
