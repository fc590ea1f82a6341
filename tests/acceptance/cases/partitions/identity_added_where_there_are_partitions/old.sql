CREATE TABLE jobs (label text) PARTITION BY LIST (label);
CREATE TABLE jobs_new PARTITION OF jobs FOR VALUES IN ('new');
