"""Who may not read some tenants is told one statement that helps."""

import pytest

from diffapply.model.unreadable import Denied, Locked, how_to_read, reading_asked


@pytest.mark.parametrize(
    ("schemas", "told"),
    [
        (["a"], "Let the schema's owner run: GRANT USAGE ON SCHEMA a TO me;"),
        (["a", "b"], "Let the schemas' owner run: GRANT USAGE ON SCHEMA a, b TO me;"),
        (
            ['"a TO ""b"', "c"],
            """Let the schemas' owner run: GRANT USAGE ON SCHEMA "a TO ""b", c TO me;""",
        ),
    ],
)
def test_one_statement_for_all(schemas: list[str], told: str) -> None:
    """Whatever the schemas are called."""
    assert reading_asked([Denied(schema, "me") for schema in schemas]) == told


def test_more_than_anybody_reads() -> None:
    """The first stands for them all."""
    told = reading_asked([Denied(f"user_{number}", "me") for number in range(1000)])
    assert told == (
        "Let the schemas' owner run the like for each of them: GRANT USAGE ON SCHEMA user_0 TO me;"
    )


def test_what_others_keep_locked() -> None:
    """Beside the statement for the rest; nobody reads more than a few of them."""
    later = [Locked(f"user_{number}.t", "process 7 (psql)") for number in range(5)]
    assert [*how_to_read([later[0], Denied("a", "me"), later[0]])] == [
        ("Let the schema's owner run:", "GRANT USAGE ON SCHEMA a TO me;"),
        (
            "Another session is at work:",
            "try again when user_0.t is no longer locked by process 7 (psql).",
        ),
    ]
    assert reading_asked(later).endswith("process 7 (psql). The same holds for 2 more.")
