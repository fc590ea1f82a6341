CREATE TABLE entry (
    id bigint,
    label text,
    CONSTRAINT id_is_positive CHECK (id > 0)
);
CREATE TABLE job (price numeric) INHERITS (entry);
