-- why: the default cannot be cast, so it is dropped and set in the statement that changes the type
-- before
CREATE TABLE settings (amount text NOT NULL DEFAULT '0');
-- after
CREATE TABLE settings (amount integer NOT NULL DEFAULT 0);
-- expected
ALTER TABLE settings
    ALTER COLUMN amount DROP DEFAULT,
    ALTER COLUMN amount TYPE integer USING amount::integer,
    ALTER COLUMN amount SET DEFAULT 0;
