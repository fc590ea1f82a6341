-- why: said of the table, it is done to all partitions
-- before
CREATE TABLE events (id integer, happened_on date) PARTITION BY RANGE (happened_on);
CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
-- after
CREATE TABLE events (id bigint NOT NULL, happened_on date) PARTITION BY RANGE (happened_on);
CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
-- expected
ALTER TABLE events
    ALTER COLUMN id TYPE bigint,
    ALTER COLUMN id SET NOT NULL;
