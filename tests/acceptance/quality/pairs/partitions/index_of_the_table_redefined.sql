-- why: the new index of the table brings along those of all partitions, attached
-- before
CREATE TABLE events (id bigint, happened_on date, kind text) PARTITION BY RANGE (happened_on);
CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE INDEX events_kind_idx ON events (kind);
-- after
CREATE TABLE events (id bigint, happened_on date, kind text) PARTITION BY RANGE (happened_on);
CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE INDEX events_kind_idx ON events (kind, id);
-- expected
CREATE INDEX events_kind_idx_new ON events USING btree (kind, id);
DROP INDEX events_kind_idx;
ALTER INDEX events_kind_idx_new RENAME TO events_kind_idx;
