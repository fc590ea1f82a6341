CREATE TABLE orders (id bigint NOT NULL, label text) PARTITION BY LIST (label);
CREATE TABLE jobs_new PARTITION OF orders FOR VALUES IN ('new');
