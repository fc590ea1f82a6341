-- why: the key that goes is dropped before the foreign key comes again, which would rest on it
-- before
CREATE TABLE a (code text PRIMARY KEY, id integer NOT NULL UNIQUE, up integer REFERENCES a (id));
CREATE TABLE b (a_id integer REFERENCES a (id));
-- after
CREATE TABLE a (code text NOT NULL UNIQUE, id integer PRIMARY KEY, up integer REFERENCES a (id));
CREATE TABLE b (a_id integer REFERENCES a (id));
-- expected
ALTER TABLE b DROP CONSTRAINT b_a_id_fkey;
ALTER TABLE a
    DROP CONSTRAINT a_up_fkey,
    DROP CONSTRAINT a_id_key,
    DROP CONSTRAINT a_pkey,
    ADD CONSTRAINT a_pkey PRIMARY KEY (id),
    ADD CONSTRAINT a_code_key UNIQUE (code),
    ADD CONSTRAINT a_up_fkey FOREIGN KEY (up) REFERENCES a(id);
ALTER TABLE b ADD CONSTRAINT b_a_id_fkey FOREIGN KEY (a_id) REFERENCES a(id);
