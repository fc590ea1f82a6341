-- why: a table may refer to itself while it is created
-- before
-- after
CREATE TABLE folders (id bigint PRIMARY KEY, parent_id bigint REFERENCES folders ON DELETE CASCADE);
-- expected
CREATE TABLE folders (
    id bigint NOT NULL,
    parent_id bigint,
    CONSTRAINT folders_pkey PRIMARY KEY (id),
    CONSTRAINT folders_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES folders(id) ON DELETE CASCADE
);
