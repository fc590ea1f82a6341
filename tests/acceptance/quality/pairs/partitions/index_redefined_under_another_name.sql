-- why: what PostgreSQL named for the partitions is renamed, not built again
-- before
CREATE TABLE m (id bigint, at date NOT NULL, dev integer) PARTITION BY RANGE (at);
CREATE TABLE m_2023 PARTITION OF m FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
CREATE TABLE m_2024 PARTITION OF m FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE INDEX m_dev ON m (dev, at);
-- after
CREATE TABLE m (id bigint, at date NOT NULL, dev integer) PARTITION BY RANGE (at);
CREATE TABLE m_2023 PARTITION OF m FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
CREATE TABLE m_2024 PARTITION OF m FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE INDEX m_device ON m (dev, at DESC);
-- expected
CREATE INDEX m_device ON m USING btree (dev, at DESC);
DROP INDEX m_dev;
ALTER INDEX m_2023_dev_at_idx1 RENAME TO m_2023_dev_at_idx;
ALTER INDEX m_2024_dev_at_idx1 RENAME TO m_2024_dev_at_idx;
