CREATE TABLE jobs (
    id integer,
    label text DEFAULT 'none' NOT NULL,
    due date,
    CONSTRAINT label_is_known CHECK (label IN ('none', 'some'))
);
