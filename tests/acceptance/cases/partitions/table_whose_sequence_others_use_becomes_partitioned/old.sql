CREATE TABLE jobs (id serial NOT NULL, label text);
CREATE TABLE tasks (id integer DEFAULT nextval('jobs_id_seq'), label text);
