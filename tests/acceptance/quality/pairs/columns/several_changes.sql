-- why: all changes of a table are one statement: first what comes, then what changes, then what goes
-- before
CREATE TABLE users (id integer PRIMARY KEY, name varchar(20), age integer, fax text);
-- after
CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL, age integer DEFAULT 0, email text);
-- expected
ALTER TABLE users
    ADD COLUMN email text,
    ALTER COLUMN id TYPE bigint,
    ALTER COLUMN name TYPE text,
    ALTER COLUMN name SET NOT NULL,
    ALTER COLUMN age SET DEFAULT 0,
    DROP COLUMN fax;
