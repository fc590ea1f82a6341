-- why: what is set on a column of the table is set on that of its partitions, too
-- before
CREATE TABLE orders (day date NOT NULL, state text DEFAULT 'new' NOT NULL, note text, kind text,
    old text) PARTITION BY RANGE (day);
CREATE TABLE orders_2025 PARTITION OF orders FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE orders_2026 PARTITION OF orders FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
-- after
CREATE TABLE orders (day date NOT NULL, state text DEFAULT 'open', note text, kind text,
    total numeric(12, 2) DEFAULT 0 NOT NULL) PARTITION BY RANGE (day);
CREATE TABLE orders_2025 PARTITION OF orders FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE orders_2026 PARTITION OF orders FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
ALTER TABLE orders ALTER note SET STORAGE EXTERNAL, ALTER kind SET STATISTICS 500;
-- expected
ALTER TABLE orders
    ADD COLUMN total numeric(12,2) DEFAULT 0 NOT NULL,
    ALTER COLUMN state SET DEFAULT 'open'::text,
    ALTER COLUMN state DROP NOT NULL,
    ALTER COLUMN note SET STORAGE EXTERNAL,
    ALTER COLUMN kind SET STATISTICS 500,
    DROP COLUMN old;
