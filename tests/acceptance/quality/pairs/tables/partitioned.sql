-- why: partitions get the columns, keys and checks of their table without a word
-- before
-- after
CREATE TABLE events (id bigint, happened_on date, kind text, PRIMARY KEY (id, happened_on)) PARTITION BY RANGE (happened_on);
CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE events_later PARTITION OF events DEFAULT;
-- expected
CREATE TABLE events (
    id bigint NOT NULL,
    happened_on date NOT NULL,
    kind text,
    CONSTRAINT events_pkey PRIMARY KEY (id, happened_on)
) PARTITION BY RANGE (happened_on);
CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE events_later PARTITION OF events DEFAULT;
