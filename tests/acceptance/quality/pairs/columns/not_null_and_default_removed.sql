-- why: both are said of the column, in one statement
-- before
CREATE TABLE users (active boolean NOT NULL DEFAULT true);
-- after
CREATE TABLE users (active boolean);
-- expected
ALTER TABLE users
    ALTER COLUMN active DROP DEFAULT,
    ALTER COLUMN active DROP NOT NULL;
