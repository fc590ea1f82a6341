-- why: partitions go with their table
-- before
CREATE TABLE others (id bigint);
CREATE TABLE events (id bigint, happened_on date, PRIMARY KEY (id, happened_on)) PARTITION BY RANGE (happened_on);
CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
-- after
CREATE TABLE others (id bigint);
-- expected
DROP TABLE events;
