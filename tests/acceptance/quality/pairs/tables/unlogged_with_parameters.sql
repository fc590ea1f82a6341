-- why: what kind of table it is, is said when it is created
-- before
-- after
CREATE UNLOGGED TABLE sessions (token text PRIMARY KEY, data jsonb) WITH (fillfactor = 70);
-- expected
CREATE UNLOGGED TABLE sessions (
    token text NOT NULL,
    data jsonb,
    CONSTRAINT sessions_pkey PRIMARY KEY (token)
) WITH (fillfactor='70');
