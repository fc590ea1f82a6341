-- why: queries have the old index until the new one is there
-- before
CREATE TABLE users (id bigint PRIMARY KEY, email text, name text);
CREATE INDEX users_search ON users (email);
-- after
CREATE TABLE users (id bigint PRIMARY KEY, email text, name text);
CREATE INDEX users_search ON users (email, name);
-- expected
CREATE INDEX users_search_new ON users USING btree (email, name);
DROP INDEX users_search;
ALTER INDEX users_search_new RENAME TO users_search;
