-- why: where only the name differs, the name is changed; so it keeps its state and its comment
-- before
CREATE TABLE posts (id integer PRIMARY KEY, title text);
CREATE TRIGGER posts_tr BEFORE UPDATE ON posts FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
ALTER TABLE posts DISABLE TRIGGER posts_tr;
COMMENT ON TRIGGER posts_tr ON posts IS 'as it was';
CREATE RULE posts_r AS ON DELETE TO posts DO INSTEAD NOTHING;
CREATE POLICY posts_p ON posts USING ((id > 0));
-- after
-- diffapply: renamed from posts
CREATE TABLE articles (id integer CONSTRAINT posts_id_not_null NOT NULL, title text, CONSTRAINT posts_pkey PRIMARY KEY (id));
CREATE TRIGGER articles_tr BEFORE UPDATE ON articles FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
ALTER TABLE articles DISABLE TRIGGER articles_tr;
COMMENT ON TRIGGER articles_tr ON articles IS 'as it was';
CREATE RULE articles_r AS ON DELETE TO articles DO INSTEAD NOTHING;
CREATE POLICY articles_p ON articles USING ((id > 0));
-- expected
ALTER TABLE posts RENAME TO articles;
ALTER RULE posts_r ON articles RENAME TO articles_r;
ALTER TRIGGER posts_tr ON articles RENAME TO articles_tr;
ALTER POLICY posts_p ON articles RENAME TO articles_p;
