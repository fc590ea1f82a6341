-- why: both are said of the column, in one statement
-- before
CREATE TABLE users (active boolean);
-- after
CREATE TABLE users (active boolean NOT NULL DEFAULT true);
-- expected
ALTER TABLE users
    ALTER COLUMN active SET DEFAULT true,
    ALTER COLUMN active SET NOT NULL;
