-- why: each is a statement; ALTER DOMAIN takes one action
-- before
CREATE DOMAIN code AS text;
-- after
CREATE DOMAIN code AS text DEFAULT 'none' NOT NULL;
-- expected
ALTER DOMAIN code SET DEFAULT 'none'::text;
ALTER DOMAIN code SET NOT NULL;
