CREATE TABLE jobs (label text, price integer) PARTITION BY LIST (label);
CREATE TABLE jobs_new PARTITION OF jobs FOR VALUES IN ('new');
CREATE INDEX jobs_price ON jobs (price);
CREATE INDEX another ON jobs_new (price);
