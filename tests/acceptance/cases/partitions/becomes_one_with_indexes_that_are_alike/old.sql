CREATE TABLE jobs (label text, price integer) PARTITION BY LIST (label);
CREATE TABLE jobs_new (label text, price integer);
CREATE INDEX jobs_price ON jobs (price);
CREATE INDEX jobs_new_price_idx ON jobs_new (price);
CREATE INDEX another ON jobs_new (price);
