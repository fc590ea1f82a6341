CREATE TABLE jobs (label text, price integer) PARTITION BY LIST (label);
CREATE TABLE jobs_new PARTITION OF jobs FOR VALUES IN ('new');
CREATE INDEX another ON jobs_new (price);
CREATE INDEX jobs_price ON ONLY jobs (price);
CREATE INDEX younger ON jobs_new (price);
ALTER INDEX jobs_price ATTACH PARTITION younger;
