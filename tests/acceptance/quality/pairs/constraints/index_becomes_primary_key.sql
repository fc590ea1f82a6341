-- why: PostgreSQL renames the index to the constraint's name
-- before
CREATE TABLE users (id bigint NOT NULL);
CREATE UNIQUE INDEX users_id_idx ON users (id);
-- after
CREATE TABLE users (id bigint PRIMARY KEY);
-- expected
ALTER TABLE users ADD CONSTRAINT users_pkey PRIMARY KEY USING INDEX users_id_idx;
