-- why: it has a key that its table has not, so it is built apart and attached; its table is hardly locked
-- before
CREATE TABLE events (id bigint, happened_on date) PARTITION BY RANGE (happened_on);
-- after
CREATE TABLE events (id bigint, happened_on date) PARTITION BY RANGE (happened_on);
CREATE TABLE events_2025 (id bigint PRIMARY KEY, happened_on date);
ALTER TABLE events ATTACH PARTITION events_2025 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
-- expected
CREATE TABLE events_2025 (
    id bigint NOT NULL,
    happened_on date,
    CONSTRAINT events_2025_pkey PRIMARY KEY (id)
);
ALTER TABLE events ATTACH PARTITION events_2025 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
