-- why: the view makes room and is not made anew; the column's not null is not taken away before
-- before
CREATE TABLE users (id bigint PRIMARY KEY, fax text NOT NULL DEFAULT '');
CREATE VIEW faxes AS SELECT id, fax FROM users;
-- after
CREATE TABLE users (id bigint PRIMARY KEY);
-- expected
DROP VIEW faxes;
ALTER TABLE users DROP COLUMN fax;
