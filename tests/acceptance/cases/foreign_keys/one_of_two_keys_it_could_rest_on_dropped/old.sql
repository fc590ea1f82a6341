CREATE TABLE jobs (id integer);
ALTER TABLE jobs ADD CONSTRAINT one UNIQUE (id);
ALTER TABLE jobs ADD CONSTRAINT another UNIQUE (id);
CREATE TABLE tasks (job_id integer REFERENCES jobs (id));
