CREATE TABLE jobs (label text, price integer) PARTITION BY LIST (label);
CREATE TABLE jobs_new PARTITION OF jobs FOR VALUES IN ('new');
ALTER TABLE jobs ADD CONSTRAINT positive CHECK (price > 0) NOT VALID;
