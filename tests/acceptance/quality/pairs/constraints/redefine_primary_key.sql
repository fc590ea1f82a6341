-- why: in one statement the table is never without its key
-- before
CREATE TABLE members (club bigint NOT NULL, person bigint NOT NULL, PRIMARY KEY (club));
-- after
CREATE TABLE members (club bigint NOT NULL, person bigint NOT NULL, PRIMARY KEY (club, person));
-- expected
ALTER TABLE members
    DROP CONSTRAINT members_pkey,
    ADD CONSTRAINT members_pkey PRIMARY KEY (club, person);
