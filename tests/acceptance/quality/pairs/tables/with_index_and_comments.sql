-- why: what belongs to a new table follows it, before the next table
-- before
-- after
CREATE TABLE authors (id bigint PRIMARY KEY, name text NOT NULL);
CREATE INDEX authors_name_idx ON authors (lower(name));
COMMENT ON TABLE authors IS 'who writes';
COMMENT ON COLUMN authors.name IS 'as it is printed';
CREATE TABLE books (id bigint PRIMARY KEY, author_id bigint REFERENCES authors);
CREATE INDEX books_author_id_idx ON books (author_id);
-- expected
CREATE TABLE authors (
    id bigint NOT NULL,
    name text NOT NULL,
    CONSTRAINT authors_pkey PRIMARY KEY (id)
);
CREATE INDEX authors_name_idx ON authors USING btree (lower(name));
COMMENT ON TABLE authors IS 'who writes';
COMMENT ON COLUMN authors.name IS 'as it is printed';
CREATE TABLE books (
    id bigint NOT NULL,
    author_id bigint,
    CONSTRAINT books_pkey PRIMARY KEY (id),
    CONSTRAINT books_author_id_fkey FOREIGN KEY (author_id) REFERENCES authors(id)
);
CREATE INDEX books_author_id_idx ON books USING btree (author_id);
