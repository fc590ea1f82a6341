-- why: renames come first, so that the table is rewritten once
-- before
CREATE TABLE users (id integer PRIMARY KEY, name text NOT NULL, age integer NOT NULL);
-- after
CREATE TABLE accounts ( -- diffapply: renamed from users
    id bigint PRIMARY KEY, name character varying(200) NOT NULL, age bigint NOT NULL);
-- expected
ALTER TABLE users RENAME TO accounts;
ALTER TABLE accounts RENAME CONSTRAINT users_pkey TO accounts_pkey;
ALTER TABLE accounts RENAME CONSTRAINT users_id_not_null TO accounts_id_not_null;
ALTER TABLE accounts RENAME CONSTRAINT users_name_not_null TO accounts_name_not_null;
ALTER TABLE accounts RENAME CONSTRAINT users_age_not_null TO accounts_age_not_null;
ALTER TABLE accounts
    ALTER COLUMN id TYPE bigint,
    ALTER COLUMN name TYPE character varying(200),
    ALTER COLUMN age TYPE bigint;
