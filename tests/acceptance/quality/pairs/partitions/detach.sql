-- why: the table stays, with its rows
-- before
CREATE TABLE events (id bigint, happened_on date) PARTITION BY RANGE (happened_on);
CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
-- after
CREATE TABLE events (id bigint, happened_on date) PARTITION BY RANGE (happened_on);
CREATE TABLE events_2024 (id bigint, happened_on date);
-- expected
ALTER TABLE events DETACH PARTITION events_2024;
