-- why: types are written as format_type writes them, defaults as PostgreSQL tells them
-- before
-- after
CREATE TABLE articles (tags text[] NOT NULL DEFAULT '{}', scores int[][], seen timestamptz DEFAULT now());
-- expected
CREATE TABLE articles (
    tags text[] DEFAULT '{}'::text[] NOT NULL,
    scores integer[],
    seen timestamp with time zone DEFAULT now()
);
