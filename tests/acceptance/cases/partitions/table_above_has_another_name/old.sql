CREATE TABLE jobs (id bigint NOT NULL, label text) PARTITION BY LIST (label);
CREATE TABLE jobs_new PARTITION OF jobs FOR VALUES IN ('new');
