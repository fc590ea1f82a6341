CREATE TABLE jobs (label text, price integer) PARTITION BY LIST (label);
CREATE TABLE jobs_new PARTITION OF jobs FOR VALUES IN ('new');
CREATE INDEX first ON ONLY jobs (price);
CREATE INDEX second ON ONLY jobs (price);
CREATE INDEX a ON jobs_new (price);
CREATE INDEX b ON jobs_new (price);
ALTER INDEX first ATTACH PARTITION a;
ALTER INDEX second ATTACH PARTITION b;
