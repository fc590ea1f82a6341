CREATE TYPE state AS ENUM ('open', 'done');
CREATE TABLE jobs (id integer, state state DEFAULT 'open' NOT NULL);
