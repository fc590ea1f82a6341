"""What migra writes, in the style of all other statements."""

import pytest

from diffapply.proposal.style import in_style


@pytest.mark.parametrize(
    ("written", "styled"),
    [
        ('drop table "t_eu"', "DROP TABLE t_eu"),
        ('drop view if exists "Sorted"', 'DROP VIEW IF EXISTS "Sorted"'),
        ('alter table "people" drop column "nick"', "ALTER TABLE people DROP COLUMN nick"),
        # Types are keywords, too; names may be.
        (
            'alter table "t" add column "name" character varying(3) not null default \'drop\'',
            "ALTER TABLE t ADD COLUMN name character varying(3) NOT NULL DEFAULT 'drop'",
        ),
        (
            'create index "a ""b" on t ("order")',
            'CREATE INDEX "a ""b" ON t ("order")',
        ),
        (
            'alter table "t" alter column "c" set not null, validate constraint "k"',
            "ALTER TABLE t ALTER COLUMN c SET NOT NULL, VALIDATE CONSTRAINT k",
        ),
        (
            'alter table "t" add constraint "k" check (a) not valid',
            "ALTER TABLE t ADD CONSTRAINT k CHECK (a) NOT VALID",
        ),
        # What PostgreSQL has written stays as it is.
        (
            'create or replace view "v" as  SELECT value, "set" from t',
            'CREATE OR REPLACE VIEW v AS  SELECT value, "set" from t',
        ),
        (
            "create function \"f\"() returns text language sql as $$select 'drop view'$$",
            "CREATE FUNCTION f() returns text language sql AS $$select 'drop view'$$",
        ),
    ],
)
def test_in_style(written: str, styled: str) -> None:
    assert in_style(written) == styled
    assert in_style(styled) == styled
