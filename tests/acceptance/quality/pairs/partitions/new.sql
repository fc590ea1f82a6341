-- why: the partition gets its columns, keys and indexes from its table
-- before
CREATE TABLE events (id bigint, happened_on date, PRIMARY KEY (id, happened_on)) PARTITION BY RANGE (happened_on);
CREATE INDEX events_happened_on_idx ON events (happened_on);
CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
-- after
CREATE TABLE events (id bigint, happened_on date, PRIMARY KEY (id, happened_on)) PARTITION BY RANGE (happened_on);
CREATE INDEX events_happened_on_idx ON events (happened_on);
CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
-- expected
CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
