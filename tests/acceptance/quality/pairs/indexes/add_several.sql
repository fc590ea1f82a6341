-- why: an index is as PostgreSQL tells it; those of a table stand together
-- before
CREATE TABLE users (id bigint PRIMARY KEY, email text, name text, gone boolean);
-- after
CREATE TABLE users (id bigint PRIMARY KEY, email text, name text, gone boolean);
CREATE UNIQUE INDEX users_email_idx ON users (lower(email)) WHERE NOT gone;
CREATE INDEX users_name_idx ON users (name DESC, id) INCLUDE (email);
-- expected
CREATE UNIQUE INDEX users_email_idx ON users USING btree (lower(email)) WHERE (NOT gone);
CREATE INDEX users_name_idx ON users USING btree (name DESC, id) INCLUDE (email);
