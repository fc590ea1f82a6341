CREATE TABLE state (id integer PRIMARY KEY, label text);
CREATE TABLE jobs (id integer, state integer REFERENCES state);
