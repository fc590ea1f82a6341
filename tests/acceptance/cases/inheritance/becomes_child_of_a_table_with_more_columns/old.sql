CREATE TABLE base (
    id bigint NOT NULL,
    label text DEFAULT 'none' NOT NULL,
    CONSTRAINT label_is_short CHECK (length(label) < 80)
);
CREATE TABLE job (price numeric);
