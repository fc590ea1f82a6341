-- why: a sequence that a serial column makes by itself is not made by hand
-- before
-- after
CREATE TABLE orders (
    id serial PRIMARY KEY,
    position bigserial NOT NULL,
    title text
);
-- expected
CREATE TABLE orders (
    id serial,
    "position" bigserial,
    title text,
    CONSTRAINT orders_pkey PRIMARY KEY (id)
);
