-- why: types come first, and an enum's labels are in one statement
-- before
-- after
CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE DOMAIN percent AS integer CHECK (VALUE BETWEEN 0 AND 100);
CREATE TABLE days (mood mood NOT NULL DEFAULT 'good', done percent);
-- expected
CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE DOMAIN percent AS integer CONSTRAINT percent_check CHECK (((VALUE >= 0) AND (VALUE <= 100)));
CREATE TABLE days (
    mood mood DEFAULT 'good'::mood NOT NULL,
    done percent
);
