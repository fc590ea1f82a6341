-- why: the new partition has the new type from the beginning, so it is not altered along
-- before
CREATE TABLE events (id integer, happened_on date) PARTITION BY RANGE (happened_on);
CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
-- after
CREATE TABLE events (id bigint, happened_on date) PARTITION BY RANGE (happened_on);
CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE INDEX events_2025_id ON events_2025 (id);
-- expected
ALTER TABLE events ALTER COLUMN id TYPE bigint;
CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE INDEX events_2025_id ON events_2025 USING btree (id);
