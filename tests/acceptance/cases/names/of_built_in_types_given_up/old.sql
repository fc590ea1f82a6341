CREATE TABLE text (id integer);
CREATE TYPE date AS ENUM ('never', 'soon');
CREATE TABLE jobs (id integer);
