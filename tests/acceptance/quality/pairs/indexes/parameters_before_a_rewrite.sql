-- why: the rewrite builds the index anew, with the room that it is to leave
-- before
CREATE TABLE words (id integer NOT NULL, word text);
CREATE INDEX words_word ON words (word);
-- after
CREATE TABLE words (id bigint NOT NULL, word text);
CREATE INDEX words_word ON words (word) WITH (fillfactor=70);
-- expected
ALTER INDEX words_word SET (fillfactor='70');
ALTER TABLE words ALTER COLUMN id TYPE bigint;
