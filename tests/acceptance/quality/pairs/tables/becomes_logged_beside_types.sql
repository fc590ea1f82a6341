-- why: one rewrite, which leaves the room that the new parameters ask for; what goes takes its foreign key along
-- before
CREATE UNLOGGED TABLE cache (k text NOT NULL, v text, CONSTRAINT cache_pkey PRIMARY KEY (k)) WITH (autovacuum_enabled=off);
CREATE UNLOGGED TABLE hits (k text, CONSTRAINT hits_k_fkey FOREIGN KEY (k) REFERENCES cache(k));
-- after
CREATE TABLE cache (k text NOT NULL, v jsonb, ns integer DEFAULT 0 NOT NULL, CONSTRAINT cache_pkey PRIMARY KEY (ns, k)) WITH (fillfactor=50);
-- expected
DROP TABLE hits;
ALTER TABLE cache
    ADD COLUMN ns integer DEFAULT 0 NOT NULL,
    ALTER COLUMN v TYPE jsonb USING v::jsonb,
    DROP CONSTRAINT cache_pkey,
    ADD CONSTRAINT cache_pkey PRIMARY KEY (ns, k),
    SET LOGGED,
    RESET (autovacuum_enabled),
    SET (fillfactor='50');
