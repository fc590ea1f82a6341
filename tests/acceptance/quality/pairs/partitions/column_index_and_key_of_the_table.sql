-- why: said of the table, it is done to all partitions
-- before
CREATE TABLE events (id bigint NOT NULL, happened_on date NOT NULL) PARTITION BY RANGE (happened_on);
CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
-- after
CREATE TABLE events (id bigint NOT NULL, happened_on date NOT NULL, kind text, PRIMARY KEY (id, happened_on)) PARTITION BY RANGE (happened_on);
CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE INDEX events_kind_idx ON events (kind);
-- expected
ALTER TABLE events
    ADD COLUMN kind text,
    ADD CONSTRAINT events_pkey PRIMARY KEY (id, happened_on);
CREATE INDEX events_kind_idx ON events USING btree (kind);
