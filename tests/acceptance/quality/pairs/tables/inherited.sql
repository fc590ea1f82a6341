-- why: a child says only what is its own
-- before
-- after
CREATE TABLE vehicles (id bigint NOT NULL, wheels integer CHECK (wheels > 0));
CREATE TABLE lorries (load numeric NOT NULL, PRIMARY KEY (id)) INHERITS (vehicles);
-- expected
CREATE TABLE vehicles (
    id bigint NOT NULL,
    wheels integer,
    CONSTRAINT vehicles_wheels_check CHECK ((wheels > 0))
);
CREATE TABLE lorries (
    load numeric NOT NULL,
    CONSTRAINT lorries_pkey PRIMARY KEY (id)
) INHERITS (vehicles);
