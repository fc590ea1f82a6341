CREATE TABLE jobs (label text, price integer) PARTITION BY LIST (label);
CREATE TABLE jobs_new PARTITION OF jobs FOR VALUES IN ('new') PARTITION BY RANGE (price);
CREATE TABLE jobs_new_1 PARTITION OF jobs_new FOR VALUES FROM (0) TO (9);
ALTER TABLE jobs ADD CONSTRAINT positive CHECK (price > 0) NOT VALID;
