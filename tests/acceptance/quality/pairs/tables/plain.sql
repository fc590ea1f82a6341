-- why: a new table is one statement, with its keys and checks in it
-- before
-- after
CREATE TABLE products (
    id bigint PRIMARY KEY,
    code varchar(20) NOT NULL UNIQUE,
    price numeric(10,2) NOT NULL DEFAULT 0 CHECK (price >= 0),
    note text
);
-- expected
CREATE TABLE products (
    id bigint NOT NULL,
    code character varying(20) NOT NULL,
    price numeric(10,2) DEFAULT 0 NOT NULL,
    note text,
    CONSTRAINT products_pkey PRIMARY KEY (id),
    CONSTRAINT products_code_key UNIQUE (code),
    CONSTRAINT products_price_check CHECK ((price >= (0)::numeric))
);
