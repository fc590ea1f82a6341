-- why: an identity column is said where the column is, and is never null anyway
-- before
-- after
CREATE TABLE invoices (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    total numeric NOT NULL
);
-- expected
CREATE TABLE invoices (
    id bigint GENERATED ALWAYS AS IDENTITY,
    total numeric NOT NULL,
    CONSTRAINT invoices_pkey PRIMARY KEY (id)
);
