-- why: a key's deferrability cannot be altered in place: its index is built anew, in one statement
-- before
CREATE TABLE users (rank integer, CONSTRAINT users_rank_key UNIQUE (rank));
-- after
CREATE TABLE users (rank integer, CONSTRAINT users_rank_key UNIQUE (rank) DEFERRABLE);
-- expected
ALTER TABLE users
    DROP CONSTRAINT users_rank_key,
    ADD CONSTRAINT users_rank_key UNIQUE (rank) DEFERRABLE;
