CREATE TABLE base (
    id bigint,
    color text,
    CONSTRAINT id_is_positive CHECK (id > 0)
);
CREATE TABLE job (price numeric) INHERITS (base);
