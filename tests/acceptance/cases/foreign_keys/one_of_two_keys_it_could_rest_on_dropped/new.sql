CREATE TABLE jobs (id integer, CONSTRAINT another UNIQUE (id));
CREATE TABLE tasks (job_id integer REFERENCES jobs (id));
