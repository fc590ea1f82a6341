"""Statements are written so that PostgreSQL stores from them what it has written."""

import pytest

from diffapply.proposal.stored import as_stored


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("(ARRAY['a'::varchar])::text[]", "(ARRAY['a'::varchar]::varchar[])::text[]"),
        ("ARRAY['a'::varchar]::text[]", "ARRAY['a'::varchar]::varchar[]::text[]"),
        ("ARRAY['a'::text]::text[]", "ARRAY['a'::text]::text[]"),
        ("ARRAY[]::text[]", "ARRAY[]::text[]"),
        ("(ARRAY[])::text[]", "(ARRAY[])::text[]"),
        ("ARRAY[ARRAY[1::int], ARRAY[]]::int[]", "ARRAY[ARRAY[1::int], ARRAY[]]::int[]"),
        ("(ARRAY['a'::varchar, 'b'::text])::text[]", "(ARRAY['a'::varchar, 'b'::text])::text[]"),
        ("ARRAY['a'::varchar]", "ARRAY['a'::varchar]"),
        ("((a AND b) AND c)", "((a AND b)::boolean AND c)"),
    ],
)
def test_what_is_written_is_stored_again(written: str, stored: str) -> None:
    """And not written twice, however often a statement passes."""
    statement, expected = f"SELECT {written}", f"SELECT {stored}"
    assert as_stored(statement) == expected
    assert as_stored(expected) == expected
